/** Defects that people make, and rows that look like them and are right. Written from what datasets have, not from the
 *  checks: a row of the corpus that a check judges otherwise is a mistake of the check. */

export type Cases = {
  /** rows with this defect and no other, unless `also` names it */
  readonly planted: readonly unknown[];
  /** good rows, of which no check may complain */
  readonly near: readonly unknown[];
  /** what else is rightly said of the planted rows */
  readonly also?: readonly string[];
};

export const qa = (prompt: string, completion: string) => ({ prompt, completion });
export const user = (content: string) => ({ role: 'user', content });
export const bot = (content: string, more: object = {}) => ({ role: 'assistant', content, ...more });
export const system = (content: string) => ({ role: 'system', content });
export const chat = (...messages: readonly unknown[]) => ({ messages });
export const text = (content: string) => ({ text: content });
export const pair = (prompt: string, chosen: string, rejected: string) => ({ prompt, chosen, rejected });
