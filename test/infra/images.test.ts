/** The images' files, and the compose file that uses them: what can be known without an engine. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Env } from '../../shared/contracts/env.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { openStorage } from '../../shared/storage/index.ts';

const root = packageRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const argumentsOf = (text: string, word: string): string[] =>
  [...text.matchAll(new RegExp(`^${word} (.+)$`, 'gm'))].map(([, rest]) => rest!);

describe.each(['api', 'worker-cpu', 'worker-cuda'])('the image %s', (name) => {
  const text = read(`infra/images/${name}.Dockerfile`);

  test('is built apart from what it ships, from images of one version', () => {
    const stages = argumentsOf(text, 'FROM');
    expect(stages).toHaveLength(2);
    expect(stages[0]).toMatch(/ AS build$/);
    for (const stage of stages) expect(stage).toMatch(/^[\w/]+:\d+\.\d+\.\d+-/);
    expect(
      argumentsOf(text, 'COPY').filter((copied) => !copied.startsWith('--from=build')).length,
    ).toBeGreaterThan(0);
    expect(text.slice(text.lastIndexOf('\nFROM'))).not.toMatch(/^COPY (?!--from=build)/m);
  });
  test('belongs to nobody special, and says whether it is well', () => {
    expect(argumentsOf(text, 'USER')).toEqual(['1000:1000']);
    expect(text).toMatch(/^HEALTHCHECK /m);
    expect(text).toContain('/healthz');
  });
  test('begins a program that is built, by a command that it has', () => {
    const [entry] = argumentsOf(text, 'ENTRYPOINT').map((line) => JSON.parse(line) as string[]);
    expect(existsSync(join(root, entry![1]!.replace('/app/', '')))).toBe(true);
    const command = argumentsOf(text, 'CMD').find((line) => !line.includes('healthz'));
    expect([['serve'], ['worker', '--serve']]).toContainEqual(JSON.parse(command!));
  });
  test('leaves no volume behind each of its containers', () => {
    // one without a name stays when its container goes, with the bases that were fetched into it
    expect(argumentsOf(text, 'VOLUME')).toEqual(name === 'api' ? ['/data'] : []);
  });
  test('sets only variables that there are', () => {
    const names = argumentsOf(text, 'ENV').flatMap((line) =>
      line.split(' ').map((pair) => pair.split('=')[0]!),
    );
    const others = new Set(['NODE_ENV', 'ONNXRUNTIME_NODE_INSTALL']);
    expect(names.filter((variable) => !(variable in Env.shape) && !others.has(variable))).toEqual([]);
  });
});

describe('the compose file', () => {
  type Service = {
    image: string;
    environment?: Record<string, string>;
    build?: { dockerfile: string };
    healthcheck?: { test: string[] };
  };
  const { services } = parse(read('infra/local/compose.yml'), { merge: true }) as {
    services: Record<'database' | 'store' | 'api' | 'worker', Service>;
  };
  const { environment = {} } = services.api;

  test('gives the service an environment that it reads', () => {
    const own = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'));
    expect(own.map(([name]) => name).filter((name) => !(name in Env.shape))).toEqual([]);
    expect(Env.safeParse(Object.fromEntries(own)).success).toBe(true);
    expect(openStorage(environment['DROPTUNE_STORAGE'] ?? '').uri).toContain('s3://droptune');
  });
  test('begins workers of the image that it builds, in its own network', () => {
    expect(environment['DROPTUNE_DOCKER_IMAGE']).toBe(services.worker.image);
    expect(existsSync(join(root, services.worker.build!.dockerfile))).toBe(true);
    expect(environment['DROPTUNE_DOCKER_NETWORK']).toBe('droptune_default');
  });
  test('waits for the database itself, not for the one that its image sets up with', () => {
    // that one listens on its socket only, is well, and goes
    const check = services.database.healthcheck?.test ?? [];
    expect(check.slice(0, 2)).toEqual(['CMD', 'pg_isready']);
    expect(check[check.indexOf('-h') + 1]).toBe('127.0.0.1');
  });
  test('takes images of one version', () => {
    for (const { image } of [services.database, services.store])
      expect(image).toMatch(/:(RELEASE\.)?\d[\w.-]+/);
  });
});
