/** How many digits in a row a pattern cannot do without. A text that has no such run needs no search. */

const longest = (part: string): number => Math.max(0, ...(part.match(/D+/g) ?? []).map((run) => run.length));

/** `D` for a digit, `x` for anything else that may stand there; groups and alternatives as they are. */
const atoms = (source: string): string =>
  source
    .replaceAll(/\[(?:\\.|[^\]\\])*\]/g, (set) => (/^\[(?:\\d|\d(?:-\d)?)+\]$/.test(set) ? 'D' : 'x'))
    .replaceAll(/\\(?:u[\da-f]{4}|x[\da-f]{2}|p\{[^}]*\}|.)/gi, (escape) => (escape === '\\d' ? 'D' : 'x'))
    .replaceAll(/\{\d+(?:,\d*)?\}|\d/g, (found) => (found.length > 1 ? found : 'D'))
    .replaceAll(/[^D(){}|?*+:=!<,\d]/g, 'x')
    .replaceAll(/D\{(\d+)[^}]*\}\??/g, (_, least: string) => 'D'.repeat(Number(least)))
    .replaceAll(/D[?*]\??/g, '')
    .replaceAll(/x(?:\{[^}]*\}|[?*+])\??/g, 'x');

const GROUP = /\((\?(?::|<?[=!]))?([^()]*)\)(\{(\d+)[^}]*\}|[?*+])?\??/;

/** A group that has no others in it, by what it has at least. */
const flat = (_: string, kind = '', body = '', quantity = '', least = '1'): string => {
  if (kind !== '' && kind !== '?:') return ''; // looks around: it takes no character
  if (quantity === '?' || quantity === '*') return 'x';
  const ways = body.split('|');
  return ways.every((way) => /^D*$/.test(way))
    ? 'D'.repeat(Number(least) * Math.min(...ways.map((way) => way.length)))
    : `x${'D'.repeat(Math.min(...ways.map(longest)))}x`;
};

export const leastRun = ({ source }: RegExp): number => {
  let rest = atoms(source);
  while (GROUP.test(rest)) rest = rest.replace(GROUP, flat);
  return Math.min(...rest.split('|').map(longest));
};
