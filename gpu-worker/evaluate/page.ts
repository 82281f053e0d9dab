/** `report.markup`: one file, no script, nothing loaded from anywhere. */
import type { Verdict } from '../../shared/contracts/event.ts';
import type { RunReport } from '../../shared/contracts/report.ts';
import { documentOf } from '../../shared/page/document.ts';
import { markup, type Html } from '../../shared/page/html.ts';
import { duration } from '../../shared/page/wording.ts';
import { lossCurve } from './page/curve.ts';
import { howMade, meanings, trainingSeconds, type Made } from './page/made.ts';
import { sideBySide } from './page/samples.ts';
import { SHEET } from './page/style.ts';
import { beforeAndAfter } from './page/table.ts';

export type ReportPage = Made & {
  /** of the job, as its people know it */
  readonly title: string;
};

const VERDICTS: Record<Verdict, string> = {
  improved: '▲ Improved',
  no_significant_gain: '● No significant gain',
  worse: '▼ Worse',
  not_evaluated: '○ Not evaluated',
};

const glance = ({ report, metrics, base }: ReportPage): Html => {
  const seconds = trainingSeconds(metrics);
  const facts: (readonly [string, string])[] = [
    ['Base model', base],
    ['Held-out rows', String(report.figures['held_out_rows'] ?? '–')],
  ];
  if (seconds > 0) facts.push(['Training', duration(seconds)]);
  return markup`<dl class="figures">
    ${facts.map(
      ([label, value]) =>
        markup`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
};

const findings = ({ diagnosis }: RunReport): Html | null =>
  diagnosis.length === 0
    ? null
    : markup`<h2>Worth knowing</h2>
        <ul class="findings">
          ${diagnosis.map((finding) => markup`<li>${finding}</li>`)}
        </ul>`;

const lossSection = ({ metrics }: ReportPage): Html | null => {
  const curve = lossCurve(metrics);
  return (
    curve &&
    markup`<h2>Loss while training</h2>
      <p class="note">
        Mean negative log-likelihood of the trained tokens, in nats: lower means the answers surprise the
        model less.
      </p>
      ${curve}`
  );
};

/** A whole document. Every text in it is escaped, whatever the data holds. */
export const reportPage = (page: ReportPage): string => {
  const { report, title } = page;
  const heading = VERDICTS[report.verdict];
  return documentOf(
    `${heading.slice(2)}: ${title}`,
    SHEET,
    markup`<header class="${report.verdict}">
        <p class="over">Fine-tuning report: <bdi>${title}</bdi></p>
        <h1>${heading}</h1>
        <p class="lead">${report.message}</p>
        ${glance(page)}
      </header>
      ${findings(report)}
      <h2>Before and after</h2>
      ${beforeAndAfter(report)} ${lossSection(page)} ${sideBySide(report)} ${howMade(page)} ${meanings(report)}
      <footer>
        Every held-out row with both answers and its scores is in predictions.jsonl beside this file.
      </footer>`,
  );
};
