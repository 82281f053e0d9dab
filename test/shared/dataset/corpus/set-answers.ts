/** Whole datasets: answers and system messages beside those of the other rows. */
import { qa } from './case.ts';
import { base, chinese, labelled, half, extracted, led, set, long, good, type SetCases } from './set-rows.ts';

export const SET_ANSWERS: Readonly<Record<string, SetCases>> = {
  same_answer: {
    planted: [
      set(labelled(60, () => 'positive')),
      set(
        base(60).map((row) => ({ ...row, completion: 'Thank you for asking, we will look into it soon.' })),
      ),
      set(labelled(100, (i) => (i === 50 ? 'negative' : 'positive'))),
    ],
    near: [set(labelled(60, half)), good],
    also: ['class_imbalance', 'rare_label'],
  },
  same_prompt: {
    planted: [
      set(base(60).map((row) => ({ ...row, prompt: 'Write a product description.' }))),
      set(base(60).map((row, i) => (i % 10 === 0 ? row : { ...row, prompt: 'Tell me a story.' }))),
      set(chinese(60).map((row) => ({ ...row, prompt: '写一段介绍。' }))),
    ],
    near: [good, set(labelled(60, half)), set(led(60, () => 'Be kind.'))],
    also: ['several_answers'],
  },
  class_imbalance: {
    planted: [
      set(labelled(100, (i) => (i % 12 === 0 ? 'negative' : 'positive'))),
      set(labelled(200, (i) => (i % 20 === 0 ? 'spam' : 'ham'))),
      set(labelled(60, (i) => (i < 4 ? 'no' : 'yes'))),
    ],
    near: [
      set(labelled(100, half)),
      set(labelled(100, (i) => (i % 4 === 0 ? 'negative' : 'positive'))),
      good,
    ],
  },
  rare_label: {
    planted: [
      set(labelled(100, (i) => (i === 7 ? 'mixed' : half(i)))),
      set(labelled(90, (i) => (i === 9 ? 'unsure' : ['good', 'bad', 'fair'][i % 3]!))),
      set(labelled(80, (i) => (i > 77 ? 'other' : half(i)))),
    ],
    near: [set(labelled(100, half)), set(labelled(60, (i) => ['good', 'bad', 'fair'][i % 3]!)), good],
  },
  label_variants: {
    planted: [
      set(labelled(60, (i) => (i === 4 ? 'Positive' : half(i)))),
      set(labelled(60, (i) => (i % 10 === 3 ? 'negative.' : half(i)))),
      set(labelled(60, (i) => (i === 5 ? 'NEGATIVE' : half(i)))),
    ],
    near: [
      set(labelled(60, half)),
      set(labelled(60, (i) => ['positive', 'very positive', 'negative'][i % 3]!)),
      good,
    ],
  },
  numbers_only: {
    planted: [
      set(labelled(60, (i) => String(i * 37))),
      set(labelled(80, (i) => (i * 1.25).toFixed(2))),
      set(labelled(60, (i) => `$${i * 3 + 1}`)),
    ],
    near: [
      set(labelled(60, (i) => String(1 + (i % 5)))),
      set(
        base(60).map((row, i) => ({
          ...row,
          completion: `It has 3 rooms of ${i} m² each, so ${3 * i} m² in all.`,
        })),
      ),
      good,
    ],
  },
  json_answer_broken: {
    planted: [
      set([...extracted(60), qa('Extract: guest 90 of Oslo.', '{"guest": 90, "town": "Os')]),
      set([...extracted(60), qa('Extract: guest 91 of Riga.', "{'guest': 91, 'town': 'Riga'}")]),
      set([...extracted(60), qa('Extract: guest 92 of Riga.', '{"guest": 92 "town": "Riga"}')]),
    ],
    near: [
      set(extracted(60)),
      set([...extracted(60), qa('Are you there?', 'Yes, send me a guest list and I extract it.')]),
      good,
    ],
  },
  json_fences_differ: {
    planted: [
      set([
        ...extracted(60),
        qa('Extract: guest 90 of Oslo.', '```json\n{"guest": 90, "town": "Oslo"}\n```'),
      ]),
      set(
        extracted(60).map((row, i) =>
          i % 7 ? row : { ...row, completion: `\`\`\`json\n${row.completion}\n\`\`\`` },
        ),
      ),
      set(
        extracted(60).map((row, i) =>
          i % 7 === 0 ? row : { ...row, completion: `\`\`\`\n${row.completion}\n\`\`\`` },
        ),
      ),
    ],
    near: [
      set(extracted(60)),
      set(extracted(60).map((row) => ({ ...row, completion: `\`\`\`json\n${row.completion}\n\`\`\`` }))),
      good,
    ],
  },
  json_keys_differ: {
    planted: [
      set([...extracted(60), qa('Extract: guest 90 of Oslo.', '{"guest": 90}')]),
      set([...extracted(60), qa('Extract: guest 90 of Oslo.', '{"guest": 90, "city": "Oslo"}')]),
      set([...extracted(60), qa('Extract: guest 90 of Oslo.', '[{"guest": 90, "town": "Oslo"}]')]),
    ],
    near: [
      set(extracted(60)),
      set([...extracted(60), qa('Extract: guest 90 of Oslo.', '{"town": "Oslo", "guest": 90}')]),
      good,
    ],
  },
  language_mismatch: {
    planted: [
      set([...base(60), qa('Where is the bakery?', '面包店在市场旁边的小街上，早上七点开门。')]),
      set([...chinese(60), qa('请问图书馆几点开门？', 'It opens at nine and closes at six in the evening.')]),
      set([...base(60), qa('Wo ist die Bäckerei?', 'Пекарня находится рядом с рынком.')]),
    ],
    near: [
      set([
        ...base(60),
        qa('How do I say "thank you very much" in Chinese?', '非常感谢您的帮助，这句话就是这个意思。'),
      ]),
      set(base(60).map((row, i) => ({ ...row, completion: chinese(60)[i]!.completion }))),
      set([...base(60), qa('Where is the bakery?', 'Beside the market.')]),
    ],
  },
  rare_script: {
    planted: [
      set([...base(70), chinese(1)[0]]),
      set([...chinese(70), qa('Where is the old market?', 'It is beside the river, near the bridge.')]),
      set([...base(90), qa('Где находится рынок?', 'Рынок находится у реки.')]),
    ],
    near: [good, set([...base(40), ...chinese(40)]), set(chinese(60))],
  },
  system_nearly_same: {
    planted: [
      set(led(60, (i) => (i === 7 ? 'Be kind' : 'Be kind.'))),
      set(led(60, (i) => (i % 9 === 0 ? 'you answer  guests.' : 'You answer guests.'))),
      set(led(60, (i) => (i === 30 ? 'You answer guests.\n' : 'You answer guests.'))),
    ],
    near: [
      set(led(60, () => 'Be kind.')),
      set(led(60, (i) => (i % 2 ? 'Answer in one word.' : 'Answer in one sentence.'))),
      good,
    ],
    also: ['edge_whitespace'],
  },
  system_sometimes: {
    planted: [
      set(led(60, (i) => (i < 3 ? null : 'Be kind.'))),
      set(led(60, (i) => (i < 3 ? 'Be kind.' : null))),
      set(led(60, (i) => (i % 7 ? 'Be kind.' : null))),
    ],
    near: [set(led(60, () => 'Be kind.')), set(led(60, (i) => (i % 2 ? 'Be kind.' : null))), good],
  },
  thought_sometimes: {
    planted: [1, 3, 10].map((n) =>
      set(
        base(60).map((row, i) =>
          i % n === 0 && i < 59
            ? { ...row, completion: `<think>I know it.</think>\n${row.completion}` }
            : row,
        ),
      ),
    ),
    near: [
      set(base(60).map((row) => ({ ...row, completion: `<think>I know it.</think>\n${row.completion}` }))),
      good,
    ],
  },
  length_outlier: {
    planted: [20_000, 50_000, 300_000].map((n) =>
      set([
        ...base(60),
        qa('Tell me all about it.', Array.from({ length: n / 8 }, (_, i) => `w${i % 977}`).join(' ')),
      ]),
    ),
    near: [
      set([
        ...base(60),
        qa('Tell me all about it.', Array.from({ length: 400 }, (_, i) => `w${i}`).join(' ')),
      ]),
      good,
    ],
    also: [],
  },
  cut_at_one_length: {
    planted: [256, 512, 2000].map((n) =>
      set([
        ...base(60),
        ...Array.from({ length: 6 }, (_, i) =>
          qa(`Describe river ${i} at length.`, long(n, ` it ends${i}here ri`)),
        ),
      ]),
    ),
    near: [
      set([
        ...base(60),
        ...Array.from({ length: 6 }, (_, i) =>
          qa(`Describe river ${i} at length.`, long(400 + i, ` It ends ${i}.`)),
        ),
      ]),
      set(labelled(60, half)),
      good,
    ],
    also: ['repeated_text'],
  },
};
