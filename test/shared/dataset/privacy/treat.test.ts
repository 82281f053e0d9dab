import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PersonalType, Privacy } from '../../../../shared/contracts/privacy.ts';
import { scan } from '../../../../shared/dataset/privacy/scan.ts';
import { treat, treatJson } from '../../../../shared/dataset/privacy/treat.ts';
import { FOUND } from './vectors.ts';

const terms = (privacy: Parameters<typeof Privacy.parse>[0], secret = 'k') => ({
  privacy: Privacy.parse(privacy),
  secret,
});
const redact = terms({ mode: 'redact' });
const pseudonymise = terms({ mode: 'pseudonymise' });

const all = Object.entries(FOUND).flatMap(([type, cases]) =>
  cases.map(([value, frame]) => [type as PersonalType, value, frame] as const),
);

test('redaction puts the type in the place of the value, and only there', () => {
  expect(treat('Mail keller@posteo.de or call +49 30 901820.', redact)).toEqual({
    text: 'Mail [EMAIL] or call [PHONE].',
    found: ['email', 'phone'],
  });
});

test('what was redacted is clean, and redacting it again changes nothing', () => {
  const piece = fc.oneof(
    fc.constantFrom(...all.map(([, value, frame]) => frame.replace('@', () => value))),
    fc.constantFrom(...all.map(([, value]) => value)),
    fc.constantFrom(' ', '\n', ', ', '电话 ', 'passport ', '12', 'SSN ', '"', '-', ':', 'Dear '),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (parts) => {
      const { text } = treat(parts.join(''), redact);
      expect(scan(text, 0.5)).toEqual([]);
      expect(treat(text, redact)).toEqual({ text, found: [] });
    }),
    { numRuns: 300 },
  );
});

const one = (text: string, secret = 'k') => treat(text, terms({ mode: 'pseudonymise' }, secret)).text;

describe('pseudonyms', () => {
  test('the same value becomes the same, in any writing and place; another value or secret another', () => {
    const number = /\d{3}.?\d{4}.?\d{4}/;
    const [a] = number.exec(one('手机 13912345678'))!;
    const [b] = number.exec(one('打139-1234-5678这个电话'))!;
    expect(b.replaceAll('-', '')).toBe(a);
    expect(a).not.toBe('13912345678');
    expect(one('手机 13912345679')).not.toContain(a);
    expect(one('手机 13912345678', 'other')).not.toContain(a);
  });

  test.each(all.filter(([type]) => !['private_key', 'jwt'].includes(type)))(
    '%s %s becomes another value of its type',
    (type, value, frame) => {
      const { text } = treat(
        frame.replace('@', () => value),
        pseudonymise,
      );
      expect(text).not.toContain(value);
      expect(scan(text, 0).map((finding) => finding.type)).toContain(type);
    },
  );

  test('check digits fit, whatever the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (secret) => {
        for (const [type, value] of [
          ['cn_id', '11010519491231002X'],
          ['bank_card', '4539148803436467'],
          ['iban', 'DE89370400440532013000'],
        ] as const)
          expect(scan(one(value, secret), 0.7)).toMatchObject([{ type }]);
      }),
      { numRuns: 50 },
    );
  });

  test('addresses of machines and mail go where nobody is', () => {
    expect(scan(one('from 8.34.217.19 by keller@posteo.de'), 0.5)).toEqual([]);
  });
});

test('a type may be treated in a way of its own', () => {
  const { text, found } = treat(
    'keller@posteo.de, 13912345678, 8.34.217.19',
    terms({ mode: 'redact', types: { phone: 'report', ip: 'ignore' } }),
  );
  expect(text).toBe('[EMAIL], 13912345678, 8.34.217.19');
  expect(found).toEqual(['email', 'phone']);
});

test('secrets may be treated in a way of their own, and a type of them in yet another', () => {
  const text = 'keller@posteo.de AKIAQ3EGRT5XYJ7VLKZN password: Tr0ub4dor&3x';
  expect(treat(text, terms({ secrets: 'redact', types: { password: 'ignore' } })).text).toBe(
    'keller@posteo.de [CLOUD_CREDENTIAL] password: Tr0ub4dor&3x',
  );
});

test('reports change nothing, and a higher confidence finds less', () => {
  expect(treat('keller@posteo.de', terms({})).text).toBe('keller@posteo.de');
  expect(treat('212-736-5000', terms({ min_confidence: 0.9 })).found).toEqual([]);
});

describe('JSON', () => {
  test('texts, keys and numbers are treated, all else stays as it was written', () => {
    const json = String.raw`{ "to": "keller@posteo.de",  "phone":13912345678, "n": [1.50, null], "a\nb": "x\nkeller@posteo.de" }`;
    expect(treatJson(json, redact)).toEqual({
      text: String.raw`{ "to": "[EMAIL]",  "phone":"[PHONE]", "n": [1.50, null], "a\nb": "x\n[EMAIL]" }`,
      found: ['email', 'phone', 'email'],
    });
  });

  test('a number that stays one has no quotes', () => {
    const { text } = treatJson('{"phone": 13912345678}', pseudonymise);
    expect(JSON.parse(text)).toEqual({ phone: expect.any(Number) });
    expect(text).not.toContain('13912345678');
  });

  test('what is not JSON is treated as text', () => {
    expect(treatJson('{"to": keller@posteo.de', redact).text).toBe('{"to": [EMAIL]');
  });

  test('JSON stays JSON and becomes clean, whatever is in it', () => {
    const leaf = fc.oneof(
      fc.constantFrom(...all.map(([, value]) => value)),
      fc.string(),
      fc.double(),
      fc.integer(),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom('phone', 'passport', 'ip'), fc.string()), leaf),
        (value) => {
          const { text } = treatJson(JSON.stringify(value), redact);
          JSON.parse(text);
          expect(treatJson(text, redact)).toEqual({ text, found: [] });
        },
      ),
      { numRuns: 200 },
    );
  });
});
