/** Which encoding the bytes of a text have. */
import { foreignAs, packedAs } from './packed/magic.ts';
import { unreadable } from './unreadable.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

/** The text, where the bytes (but for a last character that is cut) are all of this encoding. */
export const decodes = (bytes: Uint8Array, encoding: Encoding): string | null => {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
};

/** Characters that every Chinese text is full of. Bytes of another encoding read as Chinese give rare ones. */
const COMMON = new Set(
  '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经' +
    '进着等部度家电里如水化高自理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样' +
    '与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系很情者最立代想已通并提直题程展果料象员位入常文' +
    '总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指区强放决西被干做必先回则任取据处给色光门即保' +
    '请答什么怎吗呢啊谢您哪谁今红绿信息客服是否名字写句话语言内容',
);
const CHINESE = /[\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e\u2014\u2018-\u201d\u2026]/;

/** Whether bytes that are no UTF-8 read well as GB18030, which GBK and GB2312 are part of. */
const looksChinese = (bytes: Uint8Array): boolean => {
  const text = decodes(bytes, 'gb18030');
  if (text === null) return false;
  const foreign = [...text].filter((c) => c > '\u007f');
  const chinese = foreign.filter((c) => CHINESE.test(c));
  const common = chinese.filter((c) => COMMON.has(c)).length;
  return common > 0 && chinese.length >= 0.85 * foreign.length && common >= 0.15 * chinese.length;
};

/** UTF-16 without a mark: ASCII characters have their zero byte on the same side. */
const unmarked = (head: Uint8Array): Encoding | null => {
  const zeros = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2]! += 1;
  const [even, odd] = zeros as [number, number];
  if (Math.max(even, odd) < Math.max(2, head.length / 20, 10 * Math.min(even, odd))) return null;
  const encoding = odd > even ? 'utf-16le' : 'utf-16be';
  return decodes(head.subarray(0, head.length - (head.length % 2)), encoding) === null ? null : encoding;
};

/** By byte order mark, then by what the bytes can be. Throws `not_text` for packed files and for zero bytes where no
 *  text has them. */
export const encodingOf = (head: Uint8Array): Encoding => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const packed = packedAs(head);
  const other = packed ? `a ${packed} file` : foreignAs(head);
  if (other !== null) return unreadable('not_text', `this is ${other}`);
  const zero = head.indexOf(0);
  if (zero >= 0) return unmarked(head) ?? unreadable('not_text', `a zero byte at offset ${zero}`);
  return decodes(head, 'utf-8') === null && looksChinese(head) ? 'gb18030' : 'utf-8';
};
