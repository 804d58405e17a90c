"""Causes of action (案由) and the item of the maritime courts' list (法释〔2016〕4号) each maps to."""

CAUSES: dict[str, str] = {
    "C01": "1",  # 渔船碰撞（含浪损）
    "C02": "2",  # 触碰设施
    "C03": "5",  # 网具损坏、拖网割网、网具纠缠
    "C04": "58/10",  # 渔场作业争执
    "C05": "5/67",  # 养殖损害
    "C06": "24",  # 船员劳务工资
    "C07": "24/7",  # 海上人身损害
    "C08": "11",  # 船舶买卖
    "C09": "17/14",  # 合伙、股份、挂靠
    "C10": "18/12",  # 油冰物料修船款
    "C11": "58",  # 渔货款
    "C12": "22",  # 租船
    "C13": "4/65",  # 污染损害
    "C14": "72",  # 救助拖带费
    "C15": "41/44",  # 保险互保
    "C16": "8",  # 扣船扣物：应报公安、海警
    "C17": "any",  # 涉外、外省
    "C18": "-",  # 其他
}

# What an alert suggests; the officer decides.
SUGGESTED = {"collision": "C01", "gap": "C01", "zone": "C04"}
# Who came close to whom says nothing of who did it: only a boat that is said to have done a thing is 涉事船(待核).
SUGGESTED_ROLE = {"zone": "involved"}

VESSEL_ROLES = ("party", "damaged", "involved", "witness", "rescuer")  # involved: 涉事船(待核)
SIDES = ("applicant", "respondent", "third")
CHANNELS = ("grid", "call", "visit")  # 网格上报, 来电, 来访
