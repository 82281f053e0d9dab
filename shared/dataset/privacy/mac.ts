/** Hardware addresses of network cards. */
import type { Recogniser } from './recogniser.ts';
import { COLONS, DASHED } from './triggers.ts';

const judge = (value: string): boolean | number => {
  const hex = value.replaceAll(/[^\da-f]/gi, '').toLowerCase();
  if (/^(?:0+|f+)$/.test(hex)) return false;
  return hex.startsWith('00005e0053') ? 0.2 : true; // RFC 7042: for documentation
};

const pairs = (separator: string): RegExp =>
  new RegExp(`(?<![\\w:.-])[\\da-f]{2}(?:${separator}[\\da-f]{2}){5}(?![\\w:-])`, 'gi');

export const mac: Recogniser = {
  type: 'mac',
  context: /\bmac\b|hardware|ethernet|physical|物理地址|网卡|wi-?fi|bluetooth|蓝牙/i,
  rules: [
    { needs: COLONS, pattern: pairs(':'), confidence: 0.8, judge },
    { needs: DASHED, pattern: pairs('-'), confidence: 0.7, judge },
    {
      needs: DASHED,
      pattern: /(?<![\w:.-])[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}(?![\w:-]|\.\w)/gi,
      confidence: 0.55,
      judge: (value) => judge(value) && (/[a-f]/i.test(value) || 0.3),
    },
  ],
  substitute(value, draw) {
    // RFC 7042: 00-00-5E-00-53-xx, and the rest of the block by chance
    const hex = `02005e${Array.from({ length: 6 }, () => draw.below(16).toString(16)).join('')}`;
    let next = 0;
    return value.replaceAll(/[\da-f]/gi, (c) => {
      const drawn = hex[next++]!;
      return c === c.toUpperCase() ? drawn.toUpperCase() : drawn;
    });
  },
};
