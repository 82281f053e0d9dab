/** What a stack costs at rest: arithmetic over its own template. */
import { describe, expect, test } from 'vitest';
import { atRest, type RestPrice } from '../../../functions/entries/cli/deploy/rest.ts';
import { deploy } from '../../../functions/entries/cli/deploy.ts';
import { readArgs } from '../../../functions/entries/cli/command.ts';

const price = (item: RestPrice['item'], usd: number): RestPrice => ({
  cloud: 'aws',
  item,
  usd,
  per: 'unit',
  date: '2026-01-01',
  source: `list of ${item}s`,
});
const rest = [price('alarm', 2), price('call', 0.001), price('memory', 0.01), price('secret', 9)];

const run = async (...argv: string[]) => {
  let text = '';
  const terminal = { out: (part: string) => void (text += part), err: () => undefined } as never;
  const code = await deploy.run(readArgs(deploy, argv), { terminal, env: {}, json: argv.includes('--json') });
  return { code, text };
};

describe('at rest', () => {
  const template = {
    Resources: {
      A: { Type: 'AWS::CloudWatch::Alarm' },
      B: { Type: 'AWS::CloudWatch::Alarm' },
      SweepLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 2048 } },
      M: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { InstanceType: 'x9.huge' } },
      },
    },
  };

  test('what is there is counted and priced, and what has no price is said to have none', () => {
    const items = atRest('aws', template, { rest, machines: [] });
    const usd = Object.fromEntries(items.map((item) => [item.what.split(/[:,]/)[0], item.usd]));
    // 43 800 calls a month, of a second each on 2 GB
    expect(usd).toMatchObject({ sweep: 43_800 * 0.001 + 43_800 * 2 * 0.01, '2 alarms': 4 });
    expect(usd).toMatchObject({ 'machine x9.huge': null, 'the database': null });
    expect(usd).not.toHaveProperty('1 secret');
  });
});

describe('droptune deploy', () => {
  test.each([
    ['aws', 'AWS::Lambda::Function', 3, 'machine g5.xlarge'],
    ['aliyun', 'ALIYUN::FC3::Function', 4, 'sweep'],
  ])(
    '%s --dry-run tells what would be made, its price and where it is from',
    async (cloud, type, count, dear) => {
      const { code, text } = await run(cloud, '--dry-run', '--json');
      const told = JSON.parse(text) as {
        made: Record<string, number>;
        needs: string[];
        at_rest: { what: string; usd: number | null; sources: string[] }[];
      };
      expect(code).toBe(0);
      expect(told.made[type]).toBe(count);
      expect(told.needs.join()).toContain('PostgreSQL');
      expect(told.at_rest[0]!.what).toContain(dear);
      for (const { usd, sources } of told.at_rest)
        expect(
          usd === null || (usd > 0 && sources.every((source) => /^\d{4}-\d\d-\d\d: https:/.test(source))),
        ).toBe(true);
      expect((await run(cloud, '--dry-run')).text).toContain('How to deploy: infra/');
    },
  );
  test('makes nothing, and says so', async () => {
    await expect(run('aws')).rejects.toMatchObject({
      details: { hint: expect.stringContaining('--dry-run') },
    });
    await expect(run('moon', '--dry-run')).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
