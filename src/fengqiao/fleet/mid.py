"""Countries by maritime identification digits (MID), as the ITU allots them.

Source: ITU Radio Regulations, table of maritime identification digits, as of November 2025, written from knowledge
and compared with the table of pyais (tests say where the two differ and why). Territories with a MID of their own
have a line of their own; codes are ISO 3166-1 alpha-2.
"""

from dataclasses import dataclass

# MIDs, code, 中文, English.
TABLE = """
201 AL 阿尔巴尼亚 Albania
202 AD 安道尔 Andorra
203 AT 奥地利 Austria
204 PT 葡萄牙(亚速尔群岛) Portugal (Azores)
205 BE 比利时 Belgium
206 BY 白俄罗斯 Belarus
207 BG 保加利亚 Bulgaria
208 VA 梵蒂冈 Vatican City
209,210,212 CY 塞浦路斯 Cyprus
211,218 DE 德国 Germany
213 GE 格鲁吉亚 Georgia
214 MD 摩尔多瓦 Moldova
215,229,248,249,256 MT 马耳他 Malta
216 AM 亚美尼亚 Armenia
219,220 DK 丹麦 Denmark
224,225 ES 西班牙 Spain
226,227,228 FR 法国 France
230 FI 芬兰 Finland
231 FO 法罗群岛 Faroe Islands
232,233,234,235 GB 英国 United Kingdom
236 GI 直布罗陀 Gibraltar
237,239,240,241 GR 希腊 Greece
238 HR 克罗地亚 Croatia
242 MA 摩洛哥 Morocco
243 HU 匈牙利 Hungary
244,245,246 NL 荷兰 Netherlands
247 IT 意大利 Italy
250 IE 爱尔兰 Ireland
251 IS 冰岛 Iceland
252 LI 列支敦士登 Liechtenstein
253 LU 卢森堡 Luxembourg
254 MC 摩纳哥 Monaco
255 PT 葡萄牙(马德拉) Portugal (Madeira)
257,258,259 NO 挪威 Norway
261 PL 波兰 Poland
262 ME 黑山 Montenegro
263 PT 葡萄牙 Portugal
264 RO 罗马尼亚 Romania
265,266 SE 瑞典 Sweden
267 SK 斯洛伐克 Slovakia
268 SM 圣马力诺 San Marino
269 CH 瑞士 Switzerland
270 CZ 捷克 Czechia
271 TR 土耳其 Türkiye
272 UA 乌克兰 Ukraine
273 RU 俄罗斯 Russia
274 MK 北马其顿 North Macedonia
275 LV 拉脱维亚 Latvia
276 EE 爱沙尼亚 Estonia
277 LT 立陶宛 Lithuania
278 SI 斯洛文尼亚 Slovenia
279 RS 塞尔维亚 Serbia
301 AI 安圭拉 Anguilla
303 US 美国(阿拉斯加) United States (Alaska)
304,305 AG 安提瓜和巴布达 Antigua and Barbuda
306 CW 库拉索、圣马丁、荷属加勒比 Curaçao, Sint Maarten, Caribbean Netherlands
307 AW 阿鲁巴 Aruba
308,309,311 BS 巴哈马 Bahamas
310 BM 百慕大 Bermuda
312 BZ 伯利兹 Belize
314 BB 巴巴多斯 Barbados
316 CA 加拿大 Canada
319 KY 开曼群岛 Cayman Islands
321 CR 哥斯达黎加 Costa Rica
323 CU 古巴 Cuba
325 DM 多米尼克 Dominica
327 DO 多米尼加 Dominican Republic
329 GP 瓜德罗普 Guadeloupe
330 GD 格林纳达 Grenada
331 GL 格陵兰 Greenland
332 GT 危地马拉 Guatemala
334 HN 洪都拉斯 Honduras
336 HT 海地 Haiti
338,366,367,368,369 US 美国 United States
339 JM 牙买加 Jamaica
341 KN 圣基茨和尼维斯 Saint Kitts and Nevis
343 LC 圣卢西亚 Saint Lucia
345 MX 墨西哥 Mexico
347 MQ 马提尼克 Martinique
348 MS 蒙特塞拉特 Montserrat
350 NI 尼加拉瓜 Nicaragua
351,352,353,354,355,356,357,370,371,372,373,374 PA 巴拿马 Panama
358 PR 波多黎各 Puerto Rico
359 SV 萨尔瓦多 El Salvador
361 PM 圣皮埃尔和密克隆 Saint Pierre and Miquelon
362 TT 特立尼达和多巴哥 Trinidad and Tobago
364 TC 特克斯和凯科斯群岛 Turks and Caicos Islands
375,376,377 VC 圣文森特和格林纳丁斯 Saint Vincent and the Grenadines
378 VG 英属维尔京群岛 British Virgin Islands
379 VI 美属维尔京群岛 United States Virgin Islands
401 AF 阿富汗 Afghanistan
403 SA 沙特阿拉伯 Saudi Arabia
405 BD 孟加拉国 Bangladesh
408 BH 巴林 Bahrain
410 BT 不丹 Bhutan
412,413,414 CN 中国 China
416 TW 中国台湾 Taiwan (Province of China)
417 LK 斯里兰卡 Sri Lanka
419 IN 印度 India
422 IR 伊朗 Iran
423 AZ 阿塞拜疆 Azerbaijan
425 IQ 伊拉克 Iraq
428 IL 以色列 Israel
431,432 JP 日本 Japan
434 TM 土库曼斯坦 Turkmenistan
436 KZ 哈萨克斯坦 Kazakhstan
437 UZ 乌兹别克斯坦 Uzbekistan
438 JO 约旦 Jordan
440,441 KR 韩国 Republic of Korea
443 PS 巴勒斯坦 Palestine
445 KP 朝鲜 DPR Korea
447 KW 科威特 Kuwait
450 LB 黎巴嫩 Lebanon
451 KG 吉尔吉斯斯坦 Kyrgyzstan
453 MO 中国澳门 Macao, China
455 MV 马尔代夫 Maldives
457 MN 蒙古国 Mongolia
459 NP 尼泊尔 Nepal
461 OM 阿曼 Oman
463 PK 巴基斯坦 Pakistan
466 QA 卡塔尔 Qatar
468 SY 叙利亚 Syria
470,471 AE 阿联酋 United Arab Emirates
472 TJ 塔吉克斯坦 Tajikistan
473,475 YE 也门 Yemen
477 HK 中国香港 Hong Kong, China
478 BA 波黑 Bosnia and Herzegovina
501 TF 法属南部领地(阿黛利地) Adélie Land (France)
503 AU 澳大利亚 Australia
506 MM 缅甸 Myanmar
508 BN 文莱 Brunei
510 FM 密克罗尼西亚联邦 Micronesia
511 PW 帕劳 Palau
512 NZ 新西兰 New Zealand
514,515 KH 柬埔寨 Cambodia
516 CX 圣诞岛 Christmas Island
518 CK 库克群岛 Cook Islands
520 FJ 斐济 Fiji
523 CC 科科斯群岛 Cocos Islands
525 ID 印度尼西亚 Indonesia
529 KI 基里巴斯 Kiribati
531 LA 老挝 Laos
533 MY 马来西亚 Malaysia
536 MP 北马里亚纳群岛 Northern Mariana Islands
538 MH 马绍尔群岛 Marshall Islands
540 NC 新喀里多尼亚 New Caledonia
542 NU 纽埃 Niue
544 NR 瑙鲁 Nauru
546 PF 法属波利尼西亚 French Polynesia
548 PH 菲律宾 Philippines
550 TL 东帝汶 Timor-Leste
553 PG 巴布亚新几内亚 Papua New Guinea
555 PN 皮特凯恩群岛 Pitcairn
557 SB 所罗门群岛 Solomon Islands
559 AS 美属萨摩亚 American Samoa
561 WS 萨摩亚 Samoa
563,564,565,566 SG 新加坡 Singapore
567 TH 泰国 Thailand
570 TO 汤加 Tonga
572 TV 图瓦卢 Tuvalu
574 VN 越南 Viet Nam
576,577 VU 瓦努阿图 Vanuatu
578 WF 瓦利斯和富图纳 Wallis and Futuna
601 ZA 南非 South Africa
603 AO 安哥拉 Angola
605 DZ 阿尔及利亚 Algeria
607 TF 法属南部领地(圣保罗岛、阿姆斯特丹岛) Saint Paul and Amsterdam Islands (France)
608 SH 阿森松岛 Ascension Island
609 BI 布隆迪 Burundi
610 BJ 贝宁 Benin
611 BW 博茨瓦纳 Botswana
612 CF 中非 Central African Republic
613 CM 喀麦隆 Cameroon
615 CG 刚果(布) Congo
616,620 KM 科摩罗 Comoros
617 CV 佛得角 Cabo Verde
618 TF 法属南部领地(克罗泽群岛) Crozet Archipelago (France)
619 CI 科特迪瓦 Côte d'Ivoire
621 DJ 吉布提 Djibouti
622 EG 埃及 Egypt
624 ET 埃塞俄比亚 Ethiopia
625 ER 厄立特里亚 Eritrea
626 GA 加蓬 Gabon
627 GH 加纳 Ghana
629 GM 冈比亚 Gambia
630 GW 几内亚比绍 Guinea-Bissau
631 GQ 赤道几内亚 Equatorial Guinea
632 GN 几内亚 Guinea
633 BF 布基纳法索 Burkina Faso
634 KE 肯尼亚 Kenya
635 TF 法属南部领地(凯尔盖朗群岛) Kerguelen Islands (France)
636,637 LR 利比里亚 Liberia
638 SS 南苏丹 South Sudan
642 LY 利比亚 Libya
644 LS 莱索托 Lesotho
645 MU 毛里求斯 Mauritius
647 MG 马达加斯加 Madagascar
649 ML 马里 Mali
650 MZ 莫桑比克 Mozambique
654 MR 毛里塔尼亚 Mauritania
655 MW 马拉维 Malawi
656 NE 尼日尔 Niger
657 NG 尼日利亚 Nigeria
659 NA 纳米比亚 Namibia
660 RE 留尼汪 Réunion
661 RW 卢旺达 Rwanda
662 SD 苏丹 Sudan
663 SN 塞内加尔 Senegal
664 SC 塞舌尔 Seychelles
665 SH 圣赫勒拿 Saint Helena
666 SO 索马里 Somalia
667 SL 塞拉利昂 Sierra Leone
668 ST 圣多美和普林西比 Sao Tome and Principe
669 SZ 斯威士兰 Eswatini
670 TD 乍得 Chad
671 TG 多哥 Togo
672 TN 突尼斯 Tunisia
674,677 TZ 坦桑尼亚 Tanzania
675 UG 乌干达 Uganda
676 CD 刚果(金) DR Congo
678 ZM 赞比亚 Zambia
679 ZW 津巴布韦 Zimbabwe
701 AR 阿根廷 Argentina
710 BR 巴西 Brazil
720 BO 玻利维亚 Bolivia
725 CL 智利 Chile
730 CO 哥伦比亚 Colombia
735 EC 厄瓜多尔 Ecuador
740 FK 福克兰群岛(马尔维纳斯) Falkland Islands (Malvinas)
745 GF 法属圭亚那 French Guiana
750 GY 圭亚那 Guyana
755 PY 巴拉圭 Paraguay
760 PE 秘鲁 Peru
765 SR 苏里南 Suriname
770 UY 乌拉圭 Uruguay
775 VE 委内瑞拉 Venezuela
"""


@dataclass(frozen=True, slots=True)
class Country:
    """Whose number it is. A number says so; the vessel may lie."""

    code: str  # ISO 3166-1 alpha-2
    zh: str
    en: str

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def _read() -> dict[int, Country]:
    lines = (line.split(" ", 3) for line in TABLE.strip().splitlines())
    return {int(mid): Country(code, zh, en) for mids, code, zh, en in lines for mid in mids.split(",")}


COUNTRY_BY_MID = _read()
