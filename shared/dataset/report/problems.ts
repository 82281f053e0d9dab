/** Problems by severity, each with its places and its fix. */
import type { DatasetReport, Place, Problem } from '../../contracts/dataset.ts';
import { markup, type Html } from '../../page/html.ts';
import { count } from '../../page/wording.ts';
import { reasonsOf } from '../tally.ts';

const SHOWN = 3; // places that are seen at once

/** Problems that are about rows which say the same: they have a section of their own. */
const SAME: ReadonlySet<string> = new Set([
  'exact_duplicate',
  'near_duplicate',
  'train_valid_overlap',
  'near_overlap',
  'held_out_leak',
]);

const SEVERITIES = {
  error: { mark: '✗', name: 'Errors', one: 'error' },
  warning: { mark: '!', name: 'Warnings', one: 'warning' },
  info: { mark: 'i', name: 'Remarks', one: 'remark' },
} as const;

export const whereOf = ({ file, line, pointer }: Omit<Place, 'excerpt'>): string =>
  [file, line === null ? '' : `line ${line.toLocaleString('en-US')}`, pointer]
    .filter((part) => part !== '')
    .join(', ') || 'the dataset';

const placeItem = (place: Place): Html =>
  markup`<li>
    <span class="where"><bdi>${whereOf(place)}</bdi></span>
    ${place.excerpt === '' ? null : markup`<span class="text code">${place.excerpt}</span>`}
  </li>`;

const placesOf = ({ places, count: n }: Problem): Html => {
  const rest = places.slice(SHOWN);
  const unseen = n - places.length;
  return markup`<ul class="places">
      ${places.slice(0, SHOWN).map(placeItem)}
    </ul>
    ${
      rest.length === 0
        ? null
        : markup`<details>
            <summary><span class="more"><span class="if-closed">show ${count(rest.length, 'more place')}${unseen > 0 ? ` of ${(n - SHOWN).toLocaleString('en-US')}` : ''}</span><span class="if-open">show less</span></span></summary>
            <ul class="places">
              ${rest.map(placeItem)}
            </ul>
            ${unseen > 0 ? markup`<p class="note">And ${count(unseen, 'place')} more.</p>` : null}
          </details>`
    }`;
};

const card = (problem: Problem): Html => {
  const { code, severity, count: n, message, fix, fixable } = problem;
  return markup`<article class="sample problem ${severity}">
    <header>
      <span class="severity">${SEVERITIES[severity].mark} ${SEVERITIES[severity].one}</span>
      <span>${count(n, 'time')} · ${code}</span>
    </header>
    <h3>${message}</h3>
    <p class="fix"><b>Fix:</b> ${fix}${fixable ? ' (check --fix does it)' : ''}</p>
    ${placesOf(problem)}
  </article>`;
};

/** Null where nothing was found. */
export const problemSections = ({ problems }: DatasetReport): Html | null => {
  const others = problems.filter(({ code }) => !SAME.has(code));
  if (others.length === 0) return null;
  return markup`<h2>Problems</h2>
    ${(['error', 'warning', 'info'] as const).map((severity) => others.filter((p) => p.severity === severity).map(card))}`;
};

export const sameSection = ({ problems, rows }: DatasetReport): Html => {
  const same = problems.filter(({ code }) => SAME.has(code));
  return markup`<h2>Duplicates and leaks</h2>
    <p class="note">
      ${count(rows.duplicate, 'row')} left out as ${rows.duplicate === 1 ? 'a duplicate' : 'duplicates'}.
      ${same.length === 0 ? 'No row says what another one says, and nothing of the test is among the rows to train on.' : null}
    </p>
    ${same.map(card)}`;
};

/** Why a dataset is refused, in the order of the report. */
export const reasonsList = (report: DatasetReport): Html | null => {
  const reasons = reasonsOf(report);
  return reasons.length === 0
    ? null
    : markup`<ul class="findings">
        ${reasons.map(({ message, fix }) => markup`<li>${message}. ${fix}.</li>`)}
      </ul>`;
};
