/** The control tokens of the templates that are common: texts that a tokenizer turns into single tokens. */

const NAMED = String.raw`<\|[a-z_][\w ]{1,30}\|>|<｜[^｜>\n]{2,40}｜>|<(?:start|end)_of_turn>|<(?:bos|eos|pad|unk)>|\[/?INST\]|<</?SYS>>|\[/?(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|\[gMASK\]`;
const BEGIN = String.raw`<s>|<bos>|<\|(?:begin_of_text|startoftext|im_start)\|>|<｜begin▁of▁sentence｜>`;
const END = String.raw`</s>|<eos>|<\|(?:im_end|endoftext|end_of_text|eot_id|eom_id|end|endofresponse)\|>|<end_of_turn>|<｜end▁of▁sentence｜>`;

export const ANY_TOKEN = new RegExp(NAMED, 'i');
const FIRST = new RegExp(`^\\s*(?:${BEGIN})\\s*`, 'i');
const LAST = new RegExp(`\\s*(?:${END})\\s*$`, 'i');

/** Text without the marks of its beginning and end. */
export const withoutEdgeTokens = (text: string): string => {
  let rest = text;
  for (;;) {
    // only the tail is searched: the pattern begins with spaces of any number
    const tail = rest.slice(-60);
    const cut = tail.replace(LAST, '');
    const next = (cut === tail ? rest : rest.slice(0, -60) + cut).replace(FIRST, '');
    if (next === rest) return rest;
    rest = next;
  }
};
