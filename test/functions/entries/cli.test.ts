/** The built CLI as a process. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Preview } from '../../../shared/contracts/preview.ts';
import { faq } from '../../helpers/control-plane.ts';
import { temporary } from '../../helpers/database.ts';
import { runService, type Running } from '../../helpers/service.ts';

const CLI = new URL('../../../dist/functions/entries/cli.js', import.meta.url).pathname;
const folder = temporary('cli');
const good = join(folder, 'faq.jsonl');
const held = join(folder, 'held.jsonl');
const bad = join(folder, 'bad.jsonl');
writeFileSync(good, faq());
writeFileSync(held, faq(12, 'coffee'));
writeFileSync(bad, '{"nothing": 1}\n');

let running: Running;
beforeAll(async () => {
  running = await runService(temporary('cli-home'), { worker: { STAND_IN_STEP_MS: '700' } });
});
afterAll(() => running.service.close());

type Ran = { readonly code: number; readonly out: string; readonly err: string };
const droptune = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], DROPTUNE_HOME: running.home, DROPTUNE_URL: running.service.url };
    execFile(process.execPath, [CLI, ...args], { env, cwd: folder }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Milliseconds of the quickest of five runs. */
const fastest = (args: string[]): number =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const begun = performance.now();
      spawnSync(process.execPath, args);
      return performance.now() - begun;
    }),
  );

describe('droptune', () => {
  test('--help answers within five times of node doing nothing', () => {
    expect(fastest([CLI, '--help'])).toBeLessThan(5 * fastest(['-e', '0']));
  });

  test('knows its commands, and says which one was meant', async () => {
    const help = await droptune('--help');
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('droptune COMMAND')]);
    for (const [, name] of help.out.matchAll(/^ {2}(\w+) /gm)) {
      const own = await droptune(name!, '--help');
      expect([own.code, own.out]).toEqual([0, expect.stringContaining(`Usage: droptune ${name}`)]);
    }
    const wrong = await droptune('drp');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Did you mean drop?')]);
    const option = await droptune('drop', good, '--wiat');
    expect([option.code, option.err]).toEqual([2, expect.stringContaining('Did you mean --wait?')]);
  });

  test('check prints the report, as text or as JSON', async () => {
    const ready = await droptune('check', good, '--json');
    expect([ready.code, JSON.parse(ready.out)]).toMatchObject([
      0,
      { version: 1, status: 'ready', shape: 'chat' },
    ]);
    const html = join(folder, 'check.html');
    expect((await droptune('check', good, '--html', html)).code).toBe(0);
    expect(readFileSync(html, 'utf8')).toMatch(/<h1>✓ Ready to train on<\/h1>[^]*<h2>The plan<\/h2>/);
    const misfit = await droptune('check', good, '--set', 'objective.type=dpo');
    expect([misfit.code, misfit.err]).toEqual([2, expect.stringContaining('set objective.type to sft')]);
    const refused = await droptune('check', bad);
    expect([refused.code, refused.out]).toEqual([2, expect.stringContaining('bad.jsonl line 1')]);
  });

  test('preview shows tokens as text, as JSON and as a page', async () => {
    const text = await droptune('preview', good, '--base', 'nano', '--row', '2');
    expect([text.code, text.out]).toEqual([0, expect.stringContaining('▶ learnt')]);
    expect(text.out).not.toContain('\u001B');
    const html = join(folder, 'preview.html');
    const all = await droptune('preview', good, '--base', 'nano', '--json', '--html', html);
    const { lengths, rows } = Preview.parse(JSON.parse(all.out));
    expect([all.code, rows.length, lengths?.rows]).toEqual([0, 3, faq().trim().split('\n').length]);
    expect(readFileSync(html, 'utf8')).toContain('<h1>What is learnt</h1>');
    const none = await droptune('preview', good, '--base', 'nano', '--row', '99999');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('There is no row 99999')]);
    const unreadable = await droptune('preview', bad, '--base', 'nano', '--row', '1');
    expect([unreadable.code, unreadable.err]).toEqual([2, expect.stringContaining('line 1 cannot be read')]);
    const refused = await droptune('preview', good, '--base', './no-such-folder');
    expect(refused.code).toBeGreaterThan(0);
    expect(refused.err).toContain('error ');
  });

  test('check --fix writes the mended rows and checks them, and never over a file', async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, `${faq().replaceAll('\n', ' \n').replace('.', '.\\u200b')}{'nearly': 'JSON'}\n`);
    const out = join(folder, 'mended.jsonl');
    const fixed = await droptune('check', broken, '--fix', out, '--json');
    const report = JSON.parse(fixed.out) as { fix: { rows: object }; problems: { fixable: boolean }[] };
    expect(report).toMatchObject({ status: 'ready', fix: { rows: { mended: 1, left_out: 1 } } });
    expect(report.problems.filter(({ fixable }) => fixable)).toEqual([]);
    const again = await droptune('check', out, '--fix', join(folder, 'again.jsonl'));
    expect([again.code, again.out]).toEqual([
      0,
      expect.stringContaining('+ 0 mended + 0 duplicate + 0 left out'),
    ]);
    expect(readFileSync(join(folder, 'again.jsonl'), 'utf8')).toBe(readFileSync(out, 'utf8'));
    const over = await droptune('check', broken, '--fix', out);
    expect([over.code, over.err]).toEqual([2, expect.stringContaining('--fix cannot write')]);
  });

  test('drop --wait shows the way, and ends with table, verdict and files', async () => {
    const { code, out, err } = await droptune('drop', good, '--project', 'shop', '--wait');
    expect(code).toBe(0);
    expect(err).toMatch(/inbox\/shop\/faq\.jsonl: started ftjob-/);
    expect(err).toContain('The job has successfully completed');
    expect(err).toMatch(/training {2}\d+ % \d\/3 {2}loss /);
    expect(out).toMatch(/exact_match +10\.0 %/);
    expect(out).toContain('verdict: improved. exact_match rose');
    expect(out).toContain(join(running.home, 'bucket/outbox/shop/faq/'));
    const again = await droptune('drop', good, '--project', 'shop', '--json');
    expect(lines(again.out)).toMatchObject([{ outcome: 'duplicate', key: 'inbox/shop/faq.jsonl' }]);
    const other = await droptune('drop', good, '--project', 'shop', '--again', '--json');
    expect(lines(other.out)).toMatchObject([{ outcome: 'started' }]);
  });

  test('drop --recipe makes a folder of it, and a second recipe another job', async () => {
    const recipe = join(folder, 'job.yaml');
    writeFileSync(join(folder, 'answer.schema.json'), '{"type":"object"}');
    const drop = async (epochs: number): Promise<Record<string, unknown>> => {
      writeFileSync(
        recipe,
        `training: { n_epochs: ${epochs} }\nevaluation: { schema: answer.schema.json }\n`,
      );
      const { code, out } = await droptune(
        'drop',
        good,
        '--project',
        'set',
        '--recipe',
        recipe,
        '--valid',
        held,
        '--wait',
        '--json',
      );
      expect(code).toBe(0);
      return lines(out).at(-1)!;
    };
    expect(await drop(2)).toMatchObject({
      type: 'done',
      job: {
        x_name: 'faq',
        hyperparameters: { n_epochs: 2 },
        x_recipe: { evaluation: { schema: { type: 'object' } } },
      },
      report: { verdict: 'improved' },
    });
    expect(await drop(3)).toMatchObject({ job: { hyperparameters: { n_epochs: 3 } } });
    const listed = lines((await droptune('jobs', '--json')).out).filter((job) => job['x_project'] === 'set');
    expect(listed).toHaveLength(2);
  });

  test('drop --wait of a refused file exits 1 with every reason and its line', async () => {
    const { code, out } = await droptune('drop', bad, '--project', 'sad', '--wait');
    expect(code).toBe(1);
    expect(out).toMatch(/failed invalid_training_file/);
    expect(out).toContain('bad.jsonl line 1');
  });

  test('jobs tells of one, its events, and refuses what it cannot', async () => {
    const [job] = lines((await droptune('jobs', 'list', '--json')).out);
    const id = String(job!['id']);
    expect(JSON.parse((await droptune('jobs', 'show', id)).out)).toMatchObject({ id });
    expect((await droptune('jobs', 'events', id)).out).toContain('Created the job');
    expect((await droptune('jobs', 'cancel', 'ftjob-nothing')).code).toBe(2);
    expect((await droptune('jobs', 'dance')).code).toBe(2);
  });

  test('env names every variable and shows no secret', async () => {
    const { out } = await droptune('env', '--json');
    const rows = JSON.parse(out) as { name: string; value: string | null }[];
    expect(rows.find(({ name }) => name === 'DROPTUNE_URL')?.value).toBe(running.service.url);
    expect(rows.find(({ name }) => name === 'PORT')?.value).toBe('8787');
  });
});
