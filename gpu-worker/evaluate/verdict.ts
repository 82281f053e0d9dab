/** One metric, named before the answers are seen, decides; the others describe. */
import type { Verdict } from '../../shared/contracts/event.ts';
import type { Arm, Gain } from '../../shared/contracts/report.ts';
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import { loss } from './metrics/loss.ts';
import type { Metric } from './metrics/metric.ts';
import { preferenceAccuracy } from './metrics/preference-accuracy.ts';
import { count } from '../../shared/page/wording.ts';
import { inWords, UNITS, signed, withUnit } from './wording.ts';

const ALPHA = 0.05;

type Judgement = { readonly verdict: Verdict; readonly message: string };

type Evidence = {
  /** the metric that decides; null where nothing was measured */
  readonly metric: Metric | null;
  readonly arms: readonly Arm[];
  readonly gains: readonly Gain[];
  readonly gates: ResolvedRecipe['gates'];
};

/** The gain turned so that up is good. */
const towardsGood = ({ better }: Metric, { delta, low, high, p }: Gain) =>
  better === 'higher' ? { delta, low, high, p } : { delta: -delta, low: -high, high: -low, p };

/** +1 or −1 where the whole interval and the test agree on a side, else 0: either alone is too sure of few rows. */
const sideOf = (metric: Metric, gain: Gain): -1 | 0 | 1 => {
  const { low, high, p } = towardsGood(metric, gain);
  if (p >= ALPHA) return 0;
  if (low > 0) return 1;
  return high < 0 ? -1 : 0;
};

const change = (metric: Metric, gain: Gain, arms: readonly Arm[]): string => {
  const [before, after] = (['base', 'tuned'] as const).map(
    (name) => arms.find((arm) => arm.name === name)?.metrics[metric.name],
  );
  if (!before || !after) throw new TypeError(`A gain in ${metric.name} without its arms`);
  const way =
    gain.delta === 0
      ? `stayed at ${withUnit(metric.unit, after.value)}`
      : `${gain.delta > 0 ? 'rose' : 'fell'} from ${withUnit(metric.unit, before.value)} to ${withUnit(metric.unit, after.value)}`;
  return `${metric.name} ${way} on ${count(after.n, 'held-out row')} (${inWords(metric.unit, gain)})`;
};

const alone = (arms: readonly Arm[]): Judgement => {
  const [arm] = arms;
  const figures = Object.entries(arm?.metrics ?? {});
  if (!arm || figures.length === 0)
    return { verdict: 'not_evaluated', message: 'No held-out row was measured.' };
  return {
    verdict: 'not_evaluated',
    message: `Only one model was measured (${arm.name}): there is nothing to compare it with.`,
  };
};

/** `improved` or `worse` where interval and test agree, the gate is met and the held-out loss did not get worse; where the
 *  preference between answers decides, a worse loss is told with the gain. */
export const judge = ({ metric, arms, gains, gates }: Evidence): Judgement => {
  const gain = gains.find((g) => g.metric === metric?.name);
  if (!metric || !gain) return alone(arms);

  const said = change(metric, gain, arms);
  const side = sideOf(metric, gain);
  if (side === -1) return { verdict: 'worse', message: `${said}.` };
  if (side === 0)
    return {
      verdict: 'no_significant_gain',
      message: `${said}; chance alone could explain it.`,
    };

  const wanted = gates.min_gain ?? Number.NEGATIVE_INFINITY;
  if (towardsGood(metric, gain).delta < wanted)
    return {
      verdict: 'no_significant_gain',
      message: `${said}, but gates.min_gain asks for ${signed(metric.unit, wanted)} ${UNITS[metric.unit].difference}.`,
    };
  const lossGain = gains.find((g) => g.metric === loss.name);
  const cost = lossGain && sideOf(loss, lossGain) === -1 ? change(loss, lossGain, arms) : null;
  // pushing answers apart makes the chosen ones less likely as well: told, but no reason to deny the gain
  if (cost !== null && metric === preferenceAccuracy)
    return {
      verdict: 'improved',
      message: `${said}. At the same time ${cost}: read the answers before you use the model.`,
    };
  if (cost !== null)
    return {
      verdict: 'no_significant_gain',
      message: `${said}, but ${cost}, so this is not called an improvement.`,
    };
  return { verdict: 'improved', message: `${said}.` };
};
