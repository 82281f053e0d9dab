const PUNCTUATION = /[\p{P}\p{S}]/gu;
const ARTICLE = /^(?:a|an|the)$/;
/** Scripts written without spaces: one character is one word. */
const UNSPACED =
  /([\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])/gu;

/** Words as SQuAD compares them: lower case, without punctuation and English articles. Width variants are one (NFKC). */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(PUNCTUATION, '')
    .replace(UNSPACED, ' $1 ')
    .split(/\s+/u)
    .filter((word) => word !== '' && !ARTICLE.test(word));
