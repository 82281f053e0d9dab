import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { kept } from '../../../functions/entries/service/kept.ts';

const bench = () => {
  const clock = { ms: 0 };
  const said: string[] = [];
  let n = 0;
  const failing = { next: false };
  const service = kept({
    open: async () => {
      n += 1;
      said.push(`open ${n}`);
      if (failing.next) throw new Error('nobody answers');
      return n;
    },
    close: async (value) => {
      said.push(`close ${value}`);
      if (value === 1) throw new Error('dead already');
    },
    stale_ms: 100,
    now: () => clock.ms,
  });
  return { service, clock, said, failing };
};
const value = async (n: number): Promise<number> => n;

test('is opened by the first call, and for calls that come soon or at once only then', async () => {
  const { service, clock, said } = bench();
  expect(await Promise.all([service.use(value), service.use(value)])).toEqual([1, 1]);
  clock.ms = 100;
  expect(await service.use(value)).toBe(1);
  expect(said).toEqual(['open 1']);
});

test('is opened anew after a long rest, whatever closing the old one says', async () => {
  const { service, clock, said } = bench();
  await service.use(value);
  clock.ms = 101;
  expect(await service.use(value)).toBe(2);
  expect(said).toEqual(['open 1', 'open 2', 'close 1']);
});

test('is not taken away from a call that lasts long, and rests from its end on', async () => {
  const { service, clock, said } = bench();
  const gate = new EventEmitter();
  const long = service.use(() => once(gate, 'open'));
  clock.ms = 1000;
  expect(await service.use(value)).toBe(1);
  clock.ms = 2000;
  gate.emit('open');
  await long;
  clock.ms = 2050;
  expect(await service.use(value)).toBe(1);
  expect(said).toEqual(['open 1']);
});

test('what could not be opened is tried again by the next call, and a call that fails spoils nothing', async () => {
  const { service, said, failing } = bench();
  failing.next = true;
  await expect(service.use(value)).rejects.toThrow('nobody answers');
  failing.next = false;
  await expect(service.use(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  expect(await service.use(value)).toBe(2);
  expect(said).toEqual(['open 1', 'open 2']);
});
