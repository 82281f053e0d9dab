import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonalType } from '../../../../shared/contracts/privacy.ts';
import { scan } from '../../../../shared/dataset/privacy/scan.ts';
import { FOUND, NOTHING } from './vectors.ts';

const at = (text: string, least = 0.3) =>
  scan(text, least).map(({ type, start, end }) => [type, text.slice(start, end)]);

describe('each type is found, as it stands and no more of the text', () => {
  for (const [type, cases] of Object.entries(FOUND) as [PersonalType, (typeof FOUND)[PersonalType]][])
    test.each(cases)(`${type}: %s`, (value, frame) => {
      const text = frame.replace('@', () => value);
      expect(at(text)).toContainEqual([type, value]);
    });
});

test.each(NOTHING)('nothing is found in: %s', (text) => {
  expect(at(text)).toEqual([]);
});

test('a value that a longer or surer one holds is not found twice', () => {
  expect(at('redis://default:Kq8Lm2Np@cache.acme.io:6379 and 11010519491231002X')).toEqual([
    ['connection_string', 'redis://default:Kq8Lm2Np@cache.acme.io:6379'],
    ['cn_id', '11010519491231002X'],
  ]);
});

test('an identity number whose check digit is wrong is likely one where a word says so', () => {
  expect(at('数字 110105194912310021 出现了', 0.5)).toEqual([]);
  expect(at('身份证号 110105194912310021', 0.5)).toEqual([['cn_id', '110105194912310021']]);
  expect(at('身份证号 110105194913310021')).toEqual([]); // no such month
});

test('a key is a word beside its value', () => {
  expect(scan('533401987', 0.3)).toEqual([]);
  expect(scan('533401987', 0.3, 'passport_number')).toMatchObject([{ type: 'passport' }]);
});

test('loopback and example values are found only where they are asked for, or called an address', () => {
  for (const [text, value] of [
    ['it listens on 127.0.0.1 only', '127.0.0.1'],
    ['bob@example.com', 'bob@example.com'],
  ] as const)
    expect([at(text), at(text, 0.1)]).toEqual([[], [[expect.any(String), value]]]);
  expect(at('my ip: ::1')).toEqual([['ip', '::1']]);
});

test('addresses for documentation are found, and never surely', () => {
  for (const text of ['2001:db8::8a2e:370', 'from 203.0.113.9 at noon'])
    expect([at(text).length, at(text, 0.5)]).toEqual([1, []]);
});

test('a form that much else has is a value where it is all of the text, not within one', () => {
  for (const [type, value] of [
    ['plate', 'B AB 1234'],
    ['passport', 'K25345719'],
    ['national_id', '130 692 544'],
    ['phone', '5321234567'],
  ] as const)
    expect([at(`"${value}"`), at(`so ${value} it is`), scan(value, 0.3, 'part')]).toEqual([
      [[type, value]],
      [],
      [],
    ]);
});

const isFirm = (value: string) => scan(value, 0).some(({ type }) => type === 'company_id');

test("a firm's number has the parts that its state gives it", () => {
  expect(['01333550323', '01333551206', '197200078R'].map(isFirm)).toEqual([true, true, true]);
  // seven zeros for the firm, offices 000 and 101, a wrong check digit, a year to come, a wrong letter
  const none = ['00000000216', '01333550000', '01333551016', '01333550324', '294200078H', '197200078K'];
  expect(none.filter(isFirm)).toEqual([]);
});

test('HRB with few digits is a hardness unless a word says that it is a register', () => {
  expect(at('a hardness of HRB 85 after heating')).toEqual([]);
  expect(at('Handelsregister: HRB 85')).toEqual([['company_id', 'HRB 85']]);
});

test("an amount, a result and the number of an order are nobody's", () => {
  for (const text of [
    '公司去年收入13048250449元',
    'The product is 17291616430.',
    'A timestamp of 1705043873',
    '订单号 13912345678',
    '10000000146 bytes',
    'ticket no. 4539148803436467',
  ])
    expect(at(text)).toEqual([]);
});

test("numbers of a sum are nobody's", () => {
  expect(at('1 + 13912345678 = 4539148803436467; x = -13912345678')).toEqual([]);
});

test('half of an escape in code is no part of a value', () => {
  expect(at(String.raw`{"a":"line\nkeller@posteo.de"}`)).toEqual([['email', 'keller@posteo.de']]);
});

const fragments = fc.oneof(
  fc.constantFrom(
    ...Object.values(FOUND)
      .flat()
      .map(([value]) => value),
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(' ', '\n', ': ', '，', 'phone ', '电话', '@', '-', '1', '.', '\\', '"'),
);

test('findings are in order, apart, within the text and at least as sure as asked, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 12 }), fc.constantFrom(0, 0.3, 0.5, 0.8), (parts, least) => {
      const text = parts.join('');
      let end = 0;
      for (const finding of scan(text, least)) {
        expect(finding.start).toBeGreaterThanOrEqual(end);
        expect(finding.end).toBeGreaterThan(finding.start);
        expect(finding.confidence).toBeGreaterThanOrEqual(least);
        end = finding.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 200 },
  );
});

test('a value is found in the middle of much text as by itself', () => {
  const filler = 'The quick brown fox jumps over the lazy dog. 他说今天天气很好。 '.repeat(300);
  for (const [type, cases] of Object.entries(FOUND))
    for (const [value, frame] of cases)
      expect(at(`${filler}${frame.replace('@', () => value)} ${filler}`)).toContainEqual([type, value]);
});

test('megabytes of what looks like the start of something are no trap', () => {
  for (const unit of [
    '1',
    '1-',
    '12.',
    'a:',
    'a@',
    '==',
    '号1路',
    '-----BEGIN ',
    'eyJ.',
    '10 A',
    'password:',
    'sk-',
    '::1',
  ])
    expect(scan(unit.repeat(200_000 / unit.length), 0.5).length).toBeLessThan(200_000);
}, 60_000);
