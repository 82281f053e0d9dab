/** Chat texts, English and Chinese, full of numbers and names that are nobody's: orders, versions, dates, prices, books,
 *  hashes, parts, formulas. Whatever is found in them is a false alarm. The same seed gives the same texts. */
import { openDice, type Dice } from '../../gpu-worker/nano/make/dice.ts';

type Draw = (dice: Dice) => string;

const of =
  (characters: string, n: number): Draw =>
  (dice) =>
    Array.from({ length: n }, () => dice.pick([...characters])).join('');
const DIGITS = '0123456789';
const digits = (n: number): Draw => of(DIGITS, n);
/** A number: none begins with 0. */
const number =
  (n: number): Draw =>
  (dice) =>
    String(dice.int(1, 9)) + digits(n - 1)(dice);
const hex = (n: number): Draw => of('0123456789abcdef', n);
const capitals = (n: number): Draw => of('ABCDEFGHIJKLMNOPQRSTUVWXYZ', n);
const int =
  (from: number, to: number): Draw =>
  (dice) =>
    String(dice.int(from, to));
const two =
  (from: number, to: number): Draw =>
  (dice) =>
    String(dice.int(from, to)).padStart(2, '0');

/** Parts end to end. */
const all =
  (...parts: readonly (string | Draw)[]): Draw =>
  (dice) =>
    parts.map((part) => (typeof part === 'string' ? part : part(dice))).join('');

const version = all(int(0, 14), '.', int(0, 40), '.', int(0, 300));
const build = all(int(80, 131), '.0.', int(1000, 6900), '.', int(10, 240));
const date = all(int(1950, 2029), '-', two(1, 12), '-', two(1, 28));
const compact = all(int(1950, 2029), two(1, 12), two(1, 28));
const time = all(two(0, 23), ':', two(0, 59), ':', two(0, 59));
const price = all(int(1, 99), ',', digits(3), ',', digits(3), '.', digits(2));
const isbn = all('978-', int(0, 9), '-', digits(4), '-', digits(4), '-', int(0, 9));
const uuid = all(hex(8), '-', hex(4), '-4', hex(3), '-a', hex(3), '-', hex(12));
const order = all(compact, digits(8));
const coordinates = all(int(1, 89), '.', digits(6), ', ', int(1, 179), '.', digits(6));
const part = all(capitals(2), '-', digits(4), capitals(1));

/** text with a place for each decoy */
const TEMPLATES: readonly (readonly [text: string, ...decoys: Draw[]])[] = [
  ['Your order # has shipped and should arrive within three days.', order],
  ['Please quote invoice INV-# when you write to the finance team.', number(7)],
  ['We upgraded from # to # and the tests still fail.', version, version],
  ['The browser reports Chrome/# on this machine.', build],
  ['Between # and # the reservoir lost a third of its water.', date, date],
  ['At # the sensor logged # readings; at # it logged none.', time, number(5), time],
  ['The contract is worth $# over five years.', price],
  ['Her novel (ISBN #) sold # copies.', isbn, number(6)],
  ['Commit # broke the build; # repairs it.', hex(40), hex(7)],
  ['The sha256 of the archive is #.', hex(64)],
  ['Each request carries an id such as #.', uuid],
  ['The probe landed at # on a gentle slope.', coordinates],
  ['Replace part # with # and tighten the screws.', part, part],
  ['What is # times #?', number(6), number(5)],
  ['The product is #.', number(11)],
  ['Compute # + # - #.', number(9), number(10), number(4)],
  ['A timestamp of # is in milliseconds, # in seconds.', all('17', number(11)), all('17', number(8))],
  ['Galaxy NGC # lies # light years away.', number(4), all(int(1, 99), ',', digits(3), ',', digits(3))],
  ['Room # is on floor #, seat #.', digits(3), int(1, 30), all(int(1, 40), capitals(1))],
  ['See section # and table # of the report.', all(int(1, 9), '.', int(1, 9), '.', int(1, 9)), int(1, 40)],
  ['π is about 3.#, and e about 2.#.', digits(15), digits(15)],
  ['The array is [#, #, #, #].', digits(3), digits(3), digits(3), number(4)],
  ['Set the colour to ## and the margin to #px.', () => '#', hex(6), int(1, 60)],
  ['The chapter runs from page # to page #.', digits(3), digits(3)],
  ['Flight # leaves at # from gate #.', all(capitals(2), number(4)), time, all(capitals(1), int(1, 60))],
  ['Model # has # parameters and reached # points.', all(capitals(3), digits(2)), number(9), digits(2)],
  ['The score was #-#, with # in the hall.', int(0, 9), int(0, 9), number(5)],
  ['RFC # replaced RFC # in #.', number(4), number(4), int(1980, 2024)],
  ['Use the M# chip, the RTX # or an i#-#K.', int(1, 4), number(4), int(3, 9), number(5)],
  ['Dilute # mg in # ml at # K.', int(1, 900), int(1, 900), digits(3)],
  ['#', number(4)],
  ['The answer is #', number(8)],
  [
    'In CSS, a::before and std::vector<int> have nothing in common; ratio #:#:#.',
    int(1, 9),
    int(1, 9),
    int(1, 9),
  ],
  ['Key results: revenue = #, margin: #%, token count: #.', number(7), digits(2), number(8)],
  ['The secret of a good soup: patience. Password managers help: use one.'],
  ['Call me when the train passes # Main Station.', int(1, 9)],
  ['Hi there, dear reader! My name is not important. Sincerely, the team.'],
  ['订单号#已发货，预计三天内送达。', order],
  ['快递单号：SF#，请注意查收。', digits(13)],
  ['请问#年#月#日是星期几？', int(1950, 2029), int(1, 12), int(1, 28)],
  ['系统从#升级到#之后变慢了。', version, version],
  ['这本书的ISBN是#，定价#元。', isbn, all(digits(2), '.', digits(2))],
  ['公司去年收入#元，同比增长#%。', number(11), digits(2)],
  ['计算#乘以#等于多少？', number(6), number(6)],
  ['结果是#。', number(12)],
  ['文件的MD5值为#。', hex(32)],
  ['编号#的设备在#离线。', all(capitals(2), number(6)), time],
  ['北纬#，东经#附近发生地震。', all(int(1, 60), '.', number(4)), all(int(70, 130), '.', number(4))],
  ['流水号#对应的金额为#元。', digits(20), number(5)],
  ['第#章第#节介绍了#个公式。', int(1, 20), int(1, 9), int(1, 99)],
  ['人口约#人，面积#平方公里。', number(8), number(5)],
  ['他叫我明天再来，先生说不必了。'],
  ['我叫不出这道菜的名字，老师也不知道。'],
  ['这个路口往东走#米，再左转。', digits(3)],
  ['川A级、京B级的说法并不存在，型号是#。', part],
  ['时间戳#表示毫秒。', all('16', number(11))],
  ['比分是#比#，现场观众#人。', int(0, 9), int(0, 9), number(5)],
];

export const decoys = (rows: number, seed: number): readonly string[] => {
  const dice = openDice(seed, 'decoys');
  return Array.from({ length: rows }, () =>
    Array.from({ length: dice.int(1, 3) }, () => {
      const [text, ...parts] = dice.pick(TEMPLATES);
      let next = 0;
      return text.replaceAll('#', (mark) => parts[next++]?.(dice) ?? mark);
    }).join(' '),
  );
};
