/** Personal data and secrets by type: how many and where, never what. */
import type { DatasetReport, Personal } from '../../contracts/dataset.ts';
import { markup, type Html } from '../../page/html.ts';
import { count } from '../../page/wording.ts';
import { whereOf } from './problems.ts';

const MODES: Readonly<Record<Personal['mode'], string>> = {
  report: 'left as they are',
  redact: 'replaced by a placeholder',
  pseudonymise: 'replaced by a plausible substitute',
  reject: 'their rows are quarantined',
};

const SHOWN = 3;

const row = ({ type, count: n, mode, places }: Personal): Html =>
  markup`<tr>
    <td><b>${type.replaceAll('_', ' ')}</b></td>
    <td data-label="Found">${n.toLocaleString('en-US')}</td>
    <td data-label="What was done">${MODES[mode]}</td>
    <td class="wide" data-label="First places">
      <bdi>${places.slice(0, SHOWN).map(whereOf).join('; ')}${n > SHOWN ? '; …' : ''}</bdi>
    </td>
  </tr>`;

/** Null for reports from before anybody looked. */
export const personalSection = ({ personal, privacy }: DatasetReport): Html | null => {
  if (!personal || !privacy) return null;
  const found = privacy.reduce((sum, { count: n }) => sum + n, 0);
  if (found === 0)
    return markup`<h2>Personal data and secrets</h2>
      <p class="note">None were found.</p>`;
  return markup`<h2>Personal data and secrets</h2>
    <p class="note">
      ${count(found, 'finding')} by type and place; the values themselves are not in this report.
      ${privacy.some(({ mode }) => mode === 'report') ? 'data.privacy.mode in the recipe can redact, pseudonymise or reject them.' : null}
    </p>
    <table class="fates">
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col">Found</th>
          <th scope="col">What was done</th>
          <th scope="col">First places</th>
        </tr>
      </thead>
      <tbody>
        ${privacy.map(row)}
      </tbody>
    </table>`;
};
