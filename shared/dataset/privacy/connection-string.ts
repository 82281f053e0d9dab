/** Addresses of databases, queues and hosts with a password in them. */
import type { Recogniser } from './recogniser.ts';
import { isPlaceholder } from './placeholder-value.ts';
import { KEYED, SLASHES } from './triggers.ts';

const SAMPLES =
  /^(?:pass(?:word|wd)?|pwd|secret|changeme|your.*|my_?pass(?:word)?|mypw|token|xxx+|\*+|\.+|123456|root|admin|postgres|guest|test|example|foo|bar|user)$/i;

const judge = (_: string, { groups }: RegExpExecArray): boolean | number => {
  const secret = groups?.['secret'] ?? '';
  if (isPlaceholder(secret)) return false;
  return SAMPLES.test(secret) ? 0.4 : true;
};

export const connectionString: Recogniser = {
  type: 'connection_string',
  rules: [
    {
      needs: SLASHES,
      pattern:
        /(?<![a-z\d+.-])(?:jdbc:)?[a-z][a-z\d+.-]{1,24}:\/\/[^\s:@/"'`<>\\，。]{0,128}:(?<secret>[^\s@/"'`<>\\，。]{1,256})@[\w.[\]:-]{1,255}(?:\/[^\s"'`<>\\，。）)]{0,512})?/gi,
      confidence: 0.97,
      within: ({ index, 0: text }) => [index, index + text.length],
      judge,
    },
    {
      needs: SLASHES,
      hints: ['jdbc:', 'JDBC:'],
      pattern:
        /jdbc:[a-z\d:]{2,24}\/\/[^\s"'`<>\\]{1,256}[?&;]password=(?<secret>[^\s"'`<>&;\\]{3,128})[^\s"'`<>\\]{0,256}/gi,
      confidence: 0.97,
      within: ({ index, 0: text }) => [index, index + text.length],
      judge,
    },
    {
      needs: KEYED,
      hints: [';'],
      pattern:
        /\b(?:Server|Data Source|Host|Endpoint|DefaultEndpointsProtocol)\s?=\s?[^;\s"'`]{1,256};(?:[A-Za-z ]{2,32}\s?=\s?[^;"'`\n]{0,256};){0,12}?\s?(?:Password|Pwd|AccountKey|SharedAccessKey)\s?=\s?(?<secret>[^;\s"'`]{3,256});?/gi,
      confidence: 0.97,
      within: ({ index, 0: text }) => [index, index + text.length],
      judge,
    },
  ],
  substitute(value, draw) {
    const scheme = /^(?:jdbc:)?[a-z][a-z\d+.-]*:\/\//i.exec(value)?.[0];
    const password = draw.digits(4) + draw.letter() + draw.letter().toLowerCase() + draw.digits(6);
    return scheme === undefined
      ? `Server=db.example.com;User Id=app;Password=${password};`
      : `${scheme}app:${password}@db.example.com/app`;
  },
};
