/** Postal addresses by their structure: China's 省市区路号, and English street addresses. Never sure. */
import type { Draw } from './draw.ts';
import { STREET_NAME } from './leads.ts';
import type { Recogniser } from './recogniser.ts';
import { HAN, HOUSE, STREET } from './triggers.ts';

const NUMERAL = '[\\d０-９一二三四五六七八九十百]{1,5}';
const ZH_HOUSE = `(?:${NUMERAL}(?:[-—]${NUMERAL})?(?:号院?|弄|巷|组|號))`;
const INSIDE = `(?:[\\u4e00-\\u9fffA-Za-z]{0,10}?(?:[A-Za-z]|${NUMERAL})(?:号楼|栋|幢|座|单元|号门|室|层|楼|房|户))*`;
const ZH_STREET = '(?:大街|大道|胡同|路|街|道|巷|弄|里|村|镇|屯|小区|新村|花园|公寓|苑)';

const PROVINCE =
  /北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门/;
const LEAD =
  /^.*?(?:住在|住址|位于|地址|送到|寄到|寄往|送至|寄至|来自|搬到|家在|公司在|[在是于为到至往寄送住去从和与或及的])(?=[\u4e00-\u9fff]{3})/;

/** From the house number back over the ideographs before it, which may begin with a part of the sentence. */
const within = ({ 0: house, index, input }: RegExpExecArray): readonly [number, number] => {
  const before = /[\u4e00-\u9fffA-Za-z\d（）()]{0,30}$/.exec(input.slice(Math.max(0, index - 30), index))![0];
  const province = before.search(PROVINCE);
  const start = province >= 0 ? province : (LEAD.exec(before)?.[0].length ?? 0);
  return [index - before.length + start, index + house.length];
};

const levels = (value: string): number =>
  [
    /省|自治区|^(?:北京|上海|天津|重庆)/,
    /[市州盟]/,
    /[区县旗]/,
    /路|街|道|巷|弄|胡同|村|镇|里/,
    /号|弄/,
    /室|单元|栋|幢|楼/,
  ].filter((level) => level.test(value)).length;

const chinese = (value: string): number =>
  Math.min(0.9, 0.25 + 0.12 * levels(value) + (PROVINCE.test(value) ? 0.1 : 0));

const STATE =
  '(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])';
const UNIT = '(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|#)\\.? ?#?[A-Z\\d-]{1,6})?';
const TOWN = `(?:, [A-Z][a-zA-Z.'-]{1,20}(?: [A-Z][a-zA-Z.'-]{1,20}){0,2})?`;

const street = (draw: Draw): string =>
  `${1 + draw.below(980)} ${draw.pick(['Alder', 'Beech', 'Cedar', 'Elm', 'Hazel', 'Linden', 'Maple', 'Oak', 'Rowan', 'Willow'])} ${draw.pick(['Street', 'Lane', 'Road', 'Avenue'])}`;

const PLACES = [
  '北京市海淀区',
  '上海市徐汇区',
  '广东省广州市天河区',
  '江苏省南京市鼓楼区',
  '四川省成都市武侯区',
  '湖北省武汉市洪山区',
];
const ROADS = ['中山路', '人民路', '解放路', '建设路', '和平路', '文化路', '新华路', '光明路'];

export const address: Recogniser = {
  type: 'address',
  context:
    /地址|住址|住在|家住|收货|收件|邮寄|寄到|寄往|送到|户籍|通讯|位于|address|live[sd]? at|located at|ship to|deliver|mail(?:ing)? to/i,
  rules: [
    {
      needs: HOUSE | HAN,
      pattern: new RegExp(`(?<=${ZH_STREET})${ZH_HOUSE}${INSIDE}`, 'g'),
      confidence: 0.9,
      within,
      judge: chinese,
    },
    {
      needs: STREET,
      pattern: new RegExp(
        `(?<![\\w.,-])\\d{1,5}[A-Z]?,? ${STREET_NAME}\\.?${UNIT}${TOWN}(?:,? ${STATE} \\d{5}(?:-\\d{4})?|,? [A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2})?`,
        'g',
      ),
      confidence: 0.6,
      inContext: 0.8,
      judge: (value) => !/^(?:1[89]|20)\d\d \S+ \S+$/.test(value) || 0.2, // a year
    },
    {
      needs: STREET,
      pattern: /\bP\.? ?O\.? Box \d{1,6}\b/gi,
      confidence: 0.5,
      inContext: 0.7,
    },
  ],
  substitute: (value, draw) =>
    /[\u4e00-\u9fff]/.test(value)
      ? `${draw.pick(PLACES)}${draw.pick(ROADS)}${1 + draw.below(300)}号`
      : /box/i.test(value)
        ? `PO Box ${1 + draw.below(9000)}`
        : street(draw),
};
