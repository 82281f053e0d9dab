/** A canonical row without what checks find and can mend. */
import type { Row } from '../../contracts/row.ts';
import type { Finding, RowCheck } from '../checks/check.ts';
import { ROW_CHECKS } from '../checks/index.ts';
import { viewOf, type Text } from '../checks/view.ts';

const MENDERS: readonly RowCheck[] = ROW_CHECKS.filter(({ fixable }) => fixable);
/** Mending one thing may show another: a tag at the end hides the space before it. */
const MOST_ROUNDS = 12;

type Change = Finding & { readonly code: string };

/** The row with one text replaced. */
const withText = (row: Row, { message, below }: Text, text: string): Row => {
  if (row.kind === 'text') return { ...row, text };
  const lists =
    row.kind === 'preference' ? (['messages', 'chosen', 'rejected'] as const) : (['messages'] as const);
  let first = 0;
  let changed: Row = row;
  for (const name of lists) {
    const list = (row as unknown as Record<typeof name, Extract<Row, { kind: 'preference' }>['messages']>)[
      name
    ];
    const at = message - first;
    first += list.length;
    if (at < 0 || at >= list.length) continue;
    const next = structuredClone(list[at]!);
    const [, part, call, , field] = below.split('/');
    if (part === 'content') next.content = text;
    else if (part === 'reasoning_content') next.reasoning_content = text;
    else next.tool_calls![Number(call)]!.function[field as 'name' | 'arguments'] = text;
    changed = { ...changed, [name]: list.with(at, next) } as Row;
  }
  return changed;
};

/** One check's mending. Texts that it did not complain about stay. */
const mendBy = (check: RowCheck, row: Row, findings: readonly Finding[]): Row => {
  if (check.mendRow) return check.mendRow(row);
  const found = new Set(findings.map(({ message, below }) => `${message}${below}`));
  return viewOf(row)
    .texts.filter(({ message, below }) => found.has(`${message}${below}`))
    .reduce((mended, text) => withText(mended, text, check.mendText!(text.text, text)), row);
};

/** `changes`: what was mended, each where it was found first. */
export const mendRow = (row: Row): { readonly row: Row; readonly changes: readonly Change[] } => {
  const changes: Change[] = [];
  let mended = row;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = mended;
    for (const check of MENDERS) {
      const findings = check.find(viewOf(mended));
      if (findings.length === 0) continue;
      changes.push(...findings.map((finding) => ({ ...finding, code: check.code })));
      mended = mendBy(check, mended, findings);
    }
    if (mended === before) break;
  }
  return { row: mended, changes };
};
