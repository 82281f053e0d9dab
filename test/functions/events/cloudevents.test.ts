/** The CloudEvents project's own conformance feature for HTTP, run as it stands. */
import { describe, expect, test } from 'vitest';
import { parseRequest, readEvents } from '../../../functions/events/index.ts';
import { documented, fixtureText } from '../../helpers/events.ts';

type Scenario = {
  readonly name: string;
  readonly request: string;
  readonly attributes: string[][];
  readonly data: string;
};

/** The text between `"""` at `line`, without its indentation. */
const textAt = (lines: readonly string[], line: number): string => {
  const end = lines.findIndex((text, i) => i > line + 1 && text.trim() === '"""');
  const indent = lines[line + 1]!.indexOf('"""');
  return lines
    .slice(line + 2, end)
    .map((text) => text.slice(indent))
    .join('\n');
};
const rowsFrom = (lines: readonly string[], line: number): string[][] => {
  const end = lines.findIndex((text, i) => i > line && !text.trim().startsWith('|'));
  return lines.slice(line + 2, end < 0 ? undefined : end).map((text) =>
    text
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};
const scenarios: Scenario[] = fixtureText('cloudevents-http-protocol-binding.feature')
  .split('Scenario Outline: ')
  .slice(1)
  .flatMap((text) => {
    const lines = text.split('\n');
    const at = (start: string): number => lines.findIndex((line) => line.trim().startsWith(start));
    return rowsFrom(lines, at('Examples:')).map(([type = '']) => {
      const filled = lines.map((line) => line.replace('<contentType>', type));
      return {
        name: filled[0]!,
        request: textAt(filled, at('Given an HTTP request')),
        attributes: rowsFrom(filled, at('Then the attributes are:')),
        data: textAt(filled, at('And the data is equal')),
      };
    });
  });

const parsed = (request: string): Record<string, unknown> => {
  const [head = '', ...body] = request.split('\n\n');
  const headers = head
    .split('\n')
    .slice(1)
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  return parseRequest(new Headers(headers), body.join('\n\n')) as Record<string, unknown>;
};

describe('CloudEvents over HTTP', () => {
  test('the feature has four cases', () => expect(scenarios).toHaveLength(4));

  test.each(scenarios)('$name', ({ request, attributes, data }) => {
    const { data: own, ...rest } = parsed(request);
    expect(rest).toEqual(Object.fromEntries(attributes));
    expect(own).toEqual(JSON.parse(data));
    expect(readEvents({ ...rest, data: own })).toMatchObject([{ kind: 'ignored' }]);
  });

  test('header values are percent-encoded UTF-8', () => {
    const headers = new Headers({ 'ce-specversion': '1.0', 'ce-subject': 'Euro%20%E2%82%AC%20%F0%9F%98%80' });
    expect(parseRequest(headers, '{}')).toMatchObject({ subject: 'Euro € 😀' });
    expect(() =>
      parseRequest(new Headers({ 'ce-specversion': '1.0', 'ce-subject': '%E2%82' }), '{}'),
    ).toThrow(/ce-subject is not percent-encoded/);
  });

  test('a batch is several events, and data may be base64', () => {
    const ours = documented['oss-eventbridge'] as Record<string, unknown>;
    const { data, ...attributes } = ours;
    const binary = { ...attributes, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') };
    const headers = new Headers({ 'content-type': 'application/cloudevents-batch+json' });
    const events = readEvents(parseRequest(headers, JSON.stringify([ours, binary])));
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual(events[0]);
    expect(events[0]).toMatchObject({ kind: 'object', bucket: 'ft-datasets', key: 'inbox/acme/a.csv' });
  });

  test('Ceph tells by headers what it also tells in the body', () => {
    const headers = new Headers({
      'ce-specversion': '1.0',
      'ce-type': 'com.amazonaws.ObjectCreated:Put',
      'ce-source': 'ceph:s3..ft-datasets',
      'ce-id': '1',
      'content-type': 'application/json',
    });
    expect(readEvents(parseRequest(headers, JSON.stringify(documented['ceph'])))).toEqual(
      readEvents(documented['ceph']),
    );
  });
});
