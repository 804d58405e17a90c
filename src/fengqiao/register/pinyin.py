"""How Han characters are read: syllables without tones, every reading that names of boats and places use.

GB 2312-80 sorts the 3,755 characters of its first level by pinyin, so the first character of each syllable is all that
must be written down. Its second level is sorted by strokes, and some characters are read in more than one way: those
that stand in names of boats, harbours and waters are listed. Anything else is read as itself.
"""

from bisect import bisect_right
from functools import lru_cache
from itertools import islice, product

READINGS_MAX = 16  # ways to read one name that are kept: four characters of two readings each
NAMES_KEPT_MAX = 8_192  # distinct runs of Han remembered: a register has a few dozen prefixes, places and owners more

# Syllable and the first character of GB 2312 level 1 read so, in the order of the standard.
SORTED_BY_PINYIN = (
    "a啊 ai埃 an鞍 ang肮 ao凹 ba芭 bai白 ban斑 bang邦 bao苞 bei杯 ben奔 beng崩 bi逼 bian鞭 biao标 bie鳖 bin彬 "
    "bing兵 bo玻 bu捕 ca擦 cai猜 can餐 cang苍 cao操 ce厕 ceng层 cha插 chai拆 chan搀 chang昌 chao超 che车 chen郴 "
    "cheng撑 chi吃 chong充 chou抽 chu初 chuai揣 chuan川 chuang疮 chui吹 chun春 chuo戳 ci疵 cong聪 cou凑 cu粗 "
    "cuan蹿 cui摧 cun村 cuo磋 da搭 dai呆 dan耽 dang当 dao刀 de德 deng蹬 di堤 dian颠 diao碉 die跌 ding丁 diu丢 "
    "dong东 dou兜 du督 duan端 dui堆 dun墩 duo掇 e蛾 en恩 er而 fa发 fan藩 fang坊 fei菲 fen芬 feng丰 fo佛 fou否 "
    "fu夫 ga噶 gai该 gan干 gang冈 gao篙 ge哥 gei给 gen根 geng耕 gong工 gou钩 gu辜 gua刮 guai乖 guan棺 guang光 "
    "gui瑰 gun辊 guo锅 ha哈 hai骸 han酣 hang夯 hao壕 he呵 hei嘿 hen痕 heng哼 hong轰 hou喉 hu呼 hua花 huai槐 "
    "huan欢 huang荒 hui灰 hun荤 huo豁 ji击 jia嘉 jian歼 jiang僵 jiao蕉 jie揭 jin巾 jing荆 jiong炯 jiu揪 ju鞠 "
    "juan捐 jue撅 jun均 ka喀 kai开 kan刊 kang康 kao考 ke坷 ken肯 keng坑 kong空 kou抠 ku枯 kua夸 kuai块 kuan宽 "
    "kuang匡 kui亏 kun坤 kuo括 la垃 lai莱 lan蓝 lang琅 lao捞 le勒 lei雷 leng棱 li厘 lia俩 lian联 liang粮 liao撩 "
    "lie列 lin琳 ling玲 liu溜 long龙 lou楼 lu芦 lv驴 luan峦 lve掠 lun抡 luo萝 ma妈 mai埋 man瞒 mang芒 mao猫 me么 "
    "mei玫 men门 meng萌 mi眯 mian棉 miao苗 mie蔑 min民 ming明 miu谬 mo摸 mou谋 mu拇 na拿 nai氖 nan南 nang囊 nao挠 "
    "ne呢 nei馁 nen嫩 neng能 ni妮 nian蔫 niang娘 niao鸟 nie捏 nin您 ning柠 niu牛 nong脓 nu奴 nv女 nuan暖 nve虐 "
    "nuo挪 o哦 ou欧 pa啪 pai拍 pan攀 pang乓 pao抛 pei呸 pen喷 peng砰 pi坯 pian篇 piao飘 pie撇 pin拼 ping乒 po坡 "
    "pu扑 qi期 qia掐 qian牵 qiang枪 qiao橇 qie切 qin钦 qing青 qiong琼 qiu秋 qu趋 quan圈 que缺 qun裙 ran然 rang瓤 "
    "rao饶 re惹 ren壬 reng扔 ri日 rong戎 rou揉 ru茹 ruan软 rui蕊 run闰 ruo若 sa撒 sai腮 san三 sang桑 sao搔 se瑟 "
    "sen森 seng僧 sha莎 shai筛 shan珊 shang墒 shao梢 she奢 shen砷 sheng声 shi师 shou收 shu蔬 shua刷 shuai摔 "
    "shuan栓 shuang霜 shui谁 shun吮 shuo说 si斯 song松 sou搜 su苏 suan酸 sui虽 sun孙 suo蓑 ta塌 tai胎 tan坍 "
    "tang汤 tao掏 te特 teng藤 ti梯 tian天 tiao挑 tie贴 ting厅 tong通 tou偷 tu凸 tuan湍 tui推 tun吞 tuo拖 wa挖 "
    "wai歪 wan豌 wang汪 wei威 wen瘟 weng嗡 wo挝 wu巫 xi昔 xia瞎 xian掀 xiang相 xiao萧 xie楔 xin薪 xing星 xiong兄 "
    "xiu休 xu墟 xuan轩 xue靴 xun勋 ya压 yan焉 yang殃 yao邀 ye椰 yi一 yin茵 ying英 yo哟 yong拥 you幽 yu迂 yuan鸳 "
    "yue曰 yun耘 za匝 zai栽 zan咱 zang赃 zao遭 ze责 zei贼 zen怎 zeng增 zha扎 zhai摘 zhan瞻 zhang樟 zhao招 zhe遮 "
    "zhen珍 zheng蒸 zhi芝 zhong中 zhou舟 zhu珠 zhua抓 zhuai拽 zhuan专 zhuang桩 zhui椎 zhun谆 zhuo捉 zi兹 zong鬃 "
    "zou邹 zu租 zuan钻 zui嘴 zun尊 zuo昨"
)
FIRST_OF_SYLLABLE = SORTED_BY_PINYIN.split()
LEVEL_1 = "啊".encode("gb2312"), "座".encode("gb2312")
SYLLABLES = tuple(entry[:-1] for entry in FIRST_OF_SYLLABLE)
STARTS = tuple(entry[-1].encode("gb2312") for entry in FIRST_OF_SYLLABLE)

# Readings that names need besides the one GB 2312 sorts by; the usual one first.
POLYPHONES = {
    **{"乐": "le yue", "单": "dan shan", "曾": "zeng ceng", "长": "chang zhang", "重": "chong zhong", "大": "da dai"},
    **{"行": "xing hang", "厦": "xia sha", "番": "fan pan", "六": "liu lu", "都": "du dou", "会": "hui kuai"},
    **{"朝": "chao zhao", "沈": "shen chen", "朴": "pu piao", "涌": "yong chong", "蚌": "bang beng", "车": "che ju"},
    **{"盛": "sheng cheng", "柏": "bai bo", "区": "qu ou", "解": "jie xie", "尉": "wei yu", "铅": "qian yan"},
    **{"阿": "a e", "埔": "pu bu", "堡": "bao pu bu", "泊": "bo po", "澄": "cheng deng", "传": "chuan zhuan"},
    **{"藏": "cang zang", "调": "diao tiao", "奇": "qi ji", "降": "jiang xiang", "蛤": "ge ha", "茄": "qie jia"},
    **{"仇": "chou qiu", "查": "zha cha", "翟": "zhai di", "系": "xi ji", "还": "huan hai"},
}
# Characters of GB 2312 level 2 and beyond: counties and harbours from Liaoning to Hainan, islets, fish, given names.
RARER = {
    **{"岱": "dai", "嵊": "sheng", "泗": "si", "闽": "min", "瓯": "ou", "鄞": "yin", "岙": "ao", "澥": "xie"},
    **{"鳌": "ao", "衢": "qu", "枸": "gou", "杞": "qi", "庠": "xiang", "箬": "ruo", "浜": "bang", "葭": "jia"},
    **{"沚": "zhi", "舥": "pa", "艚": "cao", "埕": "cheng", "嵛": "yu", "崳": "yu", "筱": "xiao", "琯": "guan"},
    **{"岐": "qi", "菉": "lu", "俚": "li", "罘": "fu", "獐": "zhang", "硇": "nao", "峧": "jiao", "垟": "yang"},
    **{"浒": "hu xu", "甬": "yong", "濠": "hao", "砣": "tuo", "矶": "ji", "坨": "tuo", "佘": "she", "泖": "mao"},
    **{"圩": "wei xu", "埭": "dai", "峤": "jiao qiao", "嶝": "deng", "湄": "mei", "榕": "rong", "浯": "wu"},
    **{"涠": "wei", "妃": "fei", "硵": "lu", "邳": "pi", "郯": "tan", "沭": "shu", "浔": "xun", "浏": "liu"},
    **{"沣": "feng", "儋": "dan", "崂": "lao", "崴": "wei wai", "嵩": "song", "岚": "lan", "蚶": "han", "鲳": "chang"},
    **{"鳗": "man", "鲷": "diao", "鲨": "sha", "鲅": "ba", "鲻": "zi", "鲞": "xiang", "鳓": "le", "虬": "qiu"},
    **{"鑫": "xin", "淼": "miao", "泓": "hong", "晟": "sheng cheng", "煜": "yu", "瀛": "ying", "瀚": "han"},
    **{"铧": "hua", "骅": "hua", "钰": "yu", "昊": "hao", "祺": "qi", "琪": "qi", "瑾": "jin", "瑜": "yu"},
    **{"璐": "lu", "璟": "jing", "翊": "yi", "淦": "gan", "钏": "chuan", "缪": "miao", "邬": "wu", "郏": "jia"},
    "诏": "zhao",
}
LISTED = {char: tuple(said.split()) for char, said in (POLYPHONES | RARER).items()}


def syllables(char: str) -> tuple[str, ...]:
    """Every way to say one character, the usual one first; ü is written both v and u. Not Han, or unknown: itself."""
    said = LISTED.get(char) or (_by_standard(char),)
    return said + tuple(way.replace("v", "u") for way in said if len(way) > 1 and "v" in way)


def _by_standard(char: str) -> str:
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return char
    return SYLLABLES[bisect_right(STARTS, code) - 1] if LEVEL_1[0] <= code <= LEVEL_1[1] else char


@lru_cache(NAMES_KEPT_MAX)
def readings(run: str) -> tuple[tuple[str, str], ...]:
    """Full pinyin and initials of a run of characters, for each way to read it, the usual one first.

    At most ``READINGS_MAX`` ways, taken lazily: a hostile name of twenty polyphones has a million.
    """
    ways = islice(product(*map(syllables, run)), READINGS_MAX)
    return tuple(("".join(way), "".join(syllable[0] for syllable in way)) for way in ways)
