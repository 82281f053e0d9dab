/** Whole datasets: how many rows there are, and rows that speak against each other. */
import { qa, text } from './case.ts';
import {
  base,
  chinese,
  review,
  labelled,
  half,
  led,
  preferred,
  tagged,
  set,
  good,
  type SetCases,
} from './set-rows.ts';

export const SET_ROWS: Readonly<Record<string, SetCases>> = {
  exact_duplicate: {
    planted: [
      set([...base(60), base(1)[0]]),
      set([...base(60), ...base(3)]),
      set([...led(60, () => 'Be kind.'), led(1, () => 'Be kind.')[0]]),
    ],
    near: [
      good,
      set([
        ...base(60),
        qa('Tell me something about Oslo.', 'It lies on a fjord and is the capital of Norway.'),
      ]),
    ],
  },
  train_valid_overlap: {
    planted: [
      set(base(60), base(20)),
      set(base(60), [...base(2), ...base(20, 60)]),
      set(base(70), base(15, 60)),
    ],
    near: [set(base(60), base(20, 60)), good],
  },
  too_few_rows: {
    planted: [set(base(9)), set(base(1)), set([...base(9), ...base(9)])],
    near: [set(base(50)), good],
    also: ['exact_duplicate'],
  },
  mostly_bad_rows: {
    planted: [
      set([...base(50), ...Array.from({ length: 51 }, () => ({ foo: 1 }))]),
      set([...base(60), ...Array.from({ length: 90 }, () => qa('Open?', ''))]),
      set(Array.from({ length: 20 }, () => ({}))),
    ],
    near: [good],
    also: ['unknown_shape', 'empty_answer', 'too_few_rows', 'not_object'],
  },
  no_valid_rows: {
    planted: [set(base(60), [{ foo: 1 }]), set(base(60), [qa('Open?', '')]), set(base(60), [{}])],
    near: [set(base(60), base(12, 60))],
    also: ['unknown_shape', 'empty_answer', 'not_object'],
  },
  one_label: {
    planted: [
      set(tagged(60).map((row) => ({ ...row, label: true }))),
      set(tagged(60).map((row) => ({ ...row, label: false }))),
      set([...base(60), { ...qa('Open?', 'Yes.'), label: true }]),
    ],
    near: [set(tagged(60)), good, set(preferred(60))],
    also: [],
  },
  few_test_rows: {
    planted: [set(base(60), base(3, 60)), set(base(60), base(9, 60)), set(base(60), base(1, 60))],
    near: [set(base(60), base(10, 60)), good],
  },
  valid_unlike_train: {
    planted: [
      set(base(60), chinese(20)),
      set(
        base(60),
        base(20, 60).map(({ completion }) => text(completion)),
      ),
      set(chinese(60), base(20)),
    ],
    near: [set(base(60), base(20, 60)), set(chinese(60), chinese(90).slice(70)), good],
  },
  contradictory_answers: {
    planted: [
      set([...labelled(60, half), qa(review(4), 'negative')]),
      set([...base(60), qa('Is the bridge open?', 'Yes'), qa('Is the bridge open?', 'No')]),
      set([...base(60), qa('Capital of Chile?', 'Santiago'), qa('Capital of Chile?', 'Lima')]),
    ],
    near: [
      set(labelled(60, half)),
      set([...base(60), qa('Is the bridge open?', 'Yes'), qa('Is the ferry open?', 'No')]),
      set([...base(60), qa('Capital of Chile?', 'Santiago'), qa('Capital of Chile?', 'Santiago.')]),
    ],
  },
  several_answers: {
    planted: [
      set([
        ...base(60),
        { ...base(1)[0]!, completion: 'Nobody knows who built it, and nobody has ever asked about it.' },
      ]),
      set([
        ...base(60),
        { ...base(3)[2]!, completion: 'It stands beside the old harbour and opens at nine every day.' },
      ]),
      set([
        ...chinese(60),
        {
          ...chinese(1)[0]!,
          completion:
            '它是去年才建成的，晚上的灯光特别漂亮，周围还有很多小吃店，值得花一个下午慢慢走一走，看一看，再坐下来喝一杯茶。',
        },
      ]),
    ],
    near: [good, set(chinese(60))],
  },
  contradictory_labels: {
    planted: [1, 4, 7].map((i) => set([...tagged(60), { ...tagged(60)[i]!, label: !tagged(60)[i]!.label }])),
    near: [
      set(tagged(60)),
      set([
        ...tagged(60),
        { ...tagged(60)[1]!, completion: 'I do not know it, I am afraid to say.', label: false },
      ]),
    ],
  },
  contradictory_preferences: {
    planted: [0, 5, 9].map((i) =>
      set([
        ...preferred(60),
        {
          prompt: preferred(60)[i]!.prompt,
          chosen: preferred(60)[i]!.rejected,
          rejected: preferred(60)[i]!.chosen,
        },
      ]),
    ),
    near: [
      set(preferred(60)),
      set([...preferred(60), { ...preferred(60)[0]!, rejected: 'I have never heard of it.' }]),
    ],
  },
};
