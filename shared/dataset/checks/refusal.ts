import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import type { Text } from './view.ts';
import { WORD } from './words.ts';

const START = 300; // characters of an answer within which it declines

const NEGATION = String.raw`(?:\b(?:cannot|unable|no access|lack|do not|does not|have no|am not)\b|(?:don|doesn|can|won|haven|wasn)['’]?t\b)`;
const MODEL = new RegExp(
  String.raw`\bas an ai language model\b|\bas an? (?:ai|(?:large )?language model)\b(?: \w+)?,? (?:i|my)\b[^.!?\n]{0,60}${NEGATION}|\bi['’]?m (?:just |only )?an ai(?: language)? model\b[^.!?\n]{0,60}${NEGATION}`,
  'i',
);
const DECLINES =
  /^\W*(?:(?:i['’]?m|i am|we['’]?re)\s+(?:\w+\s+)?(?:sorry|afraid)|sorry|my apologies|i apologi[sz]e)\b[^\n]{0,40}?\b(?:i|we)(?: am|['’]m|['’]re)?\s+(?:can['’]?t|cannot|can not|unable|not able|won['’]?t|must decline|do not|don['’]?t)(?:\s+(?:to|be able to|feel comfortable|think i can))?\s+(?:\w+ly\s+)?(?:assist|help|fulfil+|comply|provide|answer|complete|do that|create|generate|support|engage|participate|continue|discuss|write|produce|have (?:the )?(?:ability|access|information))/i;
const FLATLY =
  /^\W*i\s+(?:can['’]?t|cannot|can not|am unable to|am not able to|won['’]?t|will not|must decline to|refuse to)\s+(?:assist|help|fulfil+|comply|provide (?:any )?(?:assistance|help|instructions|guidance|information|advice)|engage|participate|create (?:content|explicit)|generate (?:content|explicit|harmful)|answer (?:that|this)|do that)/i;
const CHINESE =
  /作为(?:一个|一名|一款)?(?:人工智能|AI|ＡＩ|大型?语言|语言)(?:语言)?(?:模型|助手|程序|机器人|AI)?[，,]?.{0,12}(?:无法|不能|没有|不会|不具备|并不)|^.{0,6}(?:抱歉|对不起|不好意思)[，,。！!]?\s*(?:但|但是|可是)?(?:作为.{0,12}[，,])?我(?:暂时|目前|还|也)?(?:无法|不能|没办法|没法|不会)(?:为[您你])?(?:回答|提供|协助|帮|满足|处理|生成|完成|继续|参与|讨论|给出)/;

/** What all of these have. */
const SIGNS = /\b(?:sorry|afraid|apolog)|language model|\bai\b|^\W*i\s|[抱歉对不起作为]{2}|ＡＩ/i;

const isRefusal = ({ text, words, scan }: Text): boolean => {
  const start = text.slice(0, START);
  if ((words & WORD.declines) === 0 && scan.han === 0 && !/^\W*i\s/i.test(start)) return false;
  if (!SIGNS.test(start)) return false;
  return MODEL.test(start) || DECLINES.test(start) || FLATLY.test(start) || CHINESE.test(start);
};

export const refusal: RowCheck = {
  code: 'refusal',
  ...warns,
  message: 'An answer declines, or excuses itself as a language model: the tuned model will do so too',
  fix: 'Remove the row, unless declining is what it should learn',
  find: (view) =>
    inTexts(view, (text) =>
      text.learnt && text.role === 'assistant' && isRefusal(text) ? excerptOf(text.text) : null,
    ),
};
