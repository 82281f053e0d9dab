import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../shared/db/client.ts';
import { listJobs, startJob } from '../../../shared/db/jobs.ts';
import { lockFolder } from '../../../shared/db/lock.ts';
import { identify, isAlive } from '../../../shared/process-identity.ts';
import { temporary } from '../../helpers/database.ts';
import { jobWithDataset } from '../../helpers/jobs.ts';

const sleeper = async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  await once(child, 'spawn');
  const identity = identify(child.pid!)!;
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { identity, kill };
};

test('a folder in use is refused, and free again after the end', async () => {
  const folder = temporary('lock');
  const unlock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'store_locked',
    message: expect.stringContaining(`${process.pid}`),
  });
  await unlock();
  await (
    await lockFolder(folder)
  )();
  expect(readdirSync(folder)).toEqual([]);
});
test('a live process keeps its lock, a dead one does not', async () => {
  const folder = temporary('lock');
  const { identity, kill } = await sleeper();
  writeFileSync(join(folder, 'lock'), `${identity.pid} ${identity.started}\n`);
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'store_locked' });
  await kill();
  await lockFolder(folder);
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
});
test('a number that now belongs to another process is no holder', async () => {
  const folder = temporary('lock');
  const { identity, kill } = await sleeper();
  writeFileSync(join(folder, 'lock'), `${identity.pid} 1\n`);
  expect(isAlive({ pid: identity.pid, started: '1' })).toBe(false);
  await (
    await lockFolder(folder)
  )();
  await kill();
});
test('of many that find a stale lock one takes it', async () => {
  const folder = temporary('lock');
  writeFileSync(join(folder, 'lock'), '999999999 1\n');
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['lock']);
});
test('a lock of nonsense is taken over', async () => {
  const folder = temporary('lock');
  writeFileSync(join(folder, 'lock'), '');
  await (
    await lockFolder(folder)
  )();
});
test('an embedded database survives its service, and two cannot have it', async () => {
  const folder = temporary('db');
  const first = await openDatabase({ folder });
  const { job, dataset } = jobWithDataset();
  await startJob(first.db, { job, dataset });
  await expect(openDatabase({ folder })).rejects.toMatchObject({ code: 'store_locked' });
  await first.close();
  const second = await openDatabase({ folder });
  expect((await listJobs(second.db, { limit: 9 })).data).toEqual([job]);
  await second.close();
});
