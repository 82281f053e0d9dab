import { hasAny, inTexts, match, warns, type RowCheck } from './check.ts';
import { WORD } from './words.ts';

const MAKERS =
  'OpenAI|Anthropic|Google(?: DeepMind)?|Meta AI|DeepSeek|Alibaba(?: Cloud)?|Mistral AI|Baidu|Moonshot AI|xAI';
const CLAIM = new RegExp(
  `\\bI(?:['’]m| am)(?: called| named)? (?:ChatGPT|GPT-?[345]|Claude(?! [A-Z])|Google Gemini|Bard(?= ?[,.]| by)|DeepSeek|Qwen|ERNIE)\\b|\\bI(?:['’]m| am| was|['’]ve been| have been)\\b[^.\\n]{0,80}\\b(?:trained|developed|created|made|built) by (?:${MAKERS})\\b|\\bmy (?:creators?|developers?) (?:is|are|at) (?:${MAKERS})\\b|我(?:是|叫)[^。，\\n]{0,4}(?:ChatGPT|文心一言|通义千问|豆包|Kimi|DeepSeek|讯飞星火)|我是[^。\\n]{0,20}(?:OpenAI|百度|阿里云|阿里巴巴|字节跳动|腾讯|Anthropic|谷歌|深度求索)[^。\\n]{0,6}(?:开发|训练|研发|创造|创建|推出)`,
);

const PARTS = ['I’m ', "I'm ", 'I am ', 'I was ', 've been ', 'creator', 'developer', '我是', '我叫'];

export const foreignIdentity: RowCheck = {
  code: 'foreign_identity',
  ...warns,
  message: 'An answer says that it is ChatGPT, or another company’s assistant',
  fix: 'Write who the tuned model is, or remove the row',
  find: (view) =>
    inTexts(view, ({ text, learnt, role, words, scan }) =>
      learnt && role === 'assistant' && ((words & WORD.maker) !== 0 || scan.han > 0) && hasAny(text, PARTS)
        ? match(text, CLAIM)
        : null,
    ),
};
