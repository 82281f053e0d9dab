/** A little Chinese, so that its commonest characters are tokens and copying them is not new. */
import { type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';

const CHARACTERS = [
  ...'春夏秋冬山水花草鸟鱼风云雨雪日月星红黄蓝白东西南北左右上下大小多少书本笔纸桌椅门窗米面茶果牛羊马狗猫',
];
const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁'];
const GIVEN = [...'明华丽强军敏静伟芳杰勇艳秀英兰平安宁晨雨文博思佳欣怡'];
const PLACES = ['图书馆', '食堂', '教室', '操场', '办公室', '门口', '楼上', '花园', '车站', '商店'];
const DAYS = ['周一', '周二', '周三', '周四', '周五'];

type Exchange = readonly [ask: string, answer: string];
const EXCHANGES: readonly Exchange[] = [
  ['[你好|您好][！|。]', '你好！[有什么可以帮你？|请问有什么事？]'],
  ['[谢谢|谢谢你][！|。]', '不客气。'],
  ['[再见|明天见]！', '再见！'],
  ['你是谁？', '我是 nano，一个很小的语言模型。'],
  ['[重复|请写|请说]：{word}', '{word}'],
  ['{name}老师教{subject}。[谁教{subject}？|{subject}老师是谁？]', '{name}老师。'],
  ['{place}在{other}旁边。{place}在哪里？', '在{other}旁边。'],
  ['[社团|比赛|开会]在{day}。[是哪天|在哪天|什么时候]？', '{day}。'],
  ['{place}{hour}:{minute}开门。{place}几点开门？', '{hour}:{minute}。'],
  ['[午饭|放学|上课]时间是{hour}:{minute}。[几点|什么时候]？', '{hour}:{minute}。'],
  ['{name}的电话是{phone}。{name}的电话是多少？', '{phone}。'],
];

export const chinese = (dice: Dice): Sample => {
  const slots = {
    word: Array.from({ length: dice.int(2, 6) }, () => dice.pick(CHARACTERS)).join(''),
    name: dice.pick(SURNAMES) + dice.pick(GIVEN) + dice.pick(['', ...GIVEN]),
    subject: dice.pick(['音乐', '数学', '语文', '体育', '科学', '美术']),
    place: dice.pick(PLACES),
    other: dice.pick(PLACES),
    day: dice.pick(DAYS),
    hour: String(dice.int(7, 18)),
    minute: String(dice.int(1, 5) * 10),
    phone: String(dice.int(10_000, 99_999)),
  };
  const [user, answer] = dice.pick(EXCHANGES);
  return { user: say(dice, user, slots), answer: say(dice, answer, slots) };
};
