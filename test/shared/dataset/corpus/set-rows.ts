/** Good rows of several kinds, and datasets made of them. */
import { chat, bot, pair, qa, system, user } from './case.ts';

export type SetCase = { readonly train: readonly unknown[]; readonly valid?: readonly unknown[] };
export type SetCases = {
  readonly planted: readonly SetCase[];
  readonly near: readonly SetCase[];
  readonly also?: readonly string[];
};

const TOWNS = 'Oslo Bergen Turku Gävle Riga Tartu Kaunas Gdynia Lübeck Aarhus Malmö Vaasa'.split(' ');
const THINGS = ['bakery', 'library', 'bridge', 'market', 'museum', 'ferry', 'school', 'theatre'];
/** Good rows, all different. */
export const base = (n: number, from = 0) =>
  Array.from({ length: n }, (_, k) => {
    const i = from + k;
    const [town, thing] = [TOWNS[i % TOWNS.length]!, THINGS[Math.floor(i / TOWNS.length) % THINGS.length]!];
    return qa(
      `Tell me something about the ${thing} of ${town}${i < 96 ? '' : `, number ${i}`}.`,
      `The ${thing} of ${town} was built ${20 + i} years ago, and people like it for its ${['light', 'calm', 'noise', 'smell', 'age'][i % 5]!}.`,
    );
  });
const CITIES = '北京 上海 广州 成都 西安 杭州 南京 武汉 青岛 厦门'.split(' ');
export const chinese = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    qa(
      `请介绍一下${CITIES[i % 10]!}的第${i + 1}个景点。`,
      `这个景点在${CITIES[i % 10]!}的市中心，已经有${i + 50}年的历史了。`,
    ),
  );
const REVIEWS = [
  'The soup was cold',
  'A lovely evening',
  'Too loud for me',
  'We will come back',
  'The waiter forgot us',
  'Best bread in town',
];
export const review = (i: number) => `${REVIEWS[i % 6]!}, said guest ${i}.`;
export const labelled = (n: number, label: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => qa(review(i), label(i)));
const sides = ['positive', 'negative'];
export const half = (i: number) => sides[i % 2]!;
export const extracted = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    qa(`Extract: guest ${i} of ${TOWNS[i % 12]!}.`, JSON.stringify({ guest: i, town: TOWNS[i % 12] })),
  );
export const led = (n: number, prompt: (i: number) => string | null) =>
  base(n).map(({ prompt: asked, completion }, i) => {
    const said = prompt(i);
    return chat(...(said === null ? [] : [system(said)]), user(asked), bot(completion));
  });
export const preferred = (n: number) =>
  base(n).map(({ prompt, completion }) => pair(prompt, completion, 'I do not know much about it.'));
export const tagged = (n: number) => base(n).map((row, i) => ({ ...row, label: i % 3 > 0 }));
export const set = (train: readonly unknown[], valid?: readonly unknown[]): SetCase =>
  valid ? { train, valid } : { train };
export const long = (n: number, end: string) =>
  `${'The river is wide and slow here. '.repeat(Math.ceil(n / 33))}`.slice(0, n - end.length) + end;

export const good = set(base(70));
