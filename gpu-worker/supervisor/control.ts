import { Control } from '../../shared/contracts/spec.ts';
import { runKeys } from '../../shared/keys.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import { every, type Ticker } from './ticker.ts';

type Watch = {
  readonly every_ms: number;
  readonly wants: (want: Control['want']) => void;
  readonly failed: (error: unknown) => void;
};

/** Reads `control.json` whenever its tag has changed and reports what it wants, once for each text: one that was put after
 *  its forerunner's tag was asked for is read again under its own. A body that cannot be read as a control is tried again
 *  at the next turn. */
export const watchControl = (
  storage: Storage,
  prefix: string,
  { every_ms, wants, failed }: Watch,
): Ticker => {
  const key = runKeys.control(prefix);
  let seen: string | null = null;
  let told: string | null = null;
  const look = async () => {
    const info = await storage.head(key);
    if (!info || info.tag === seen) return;
    const body = await storage.read(key);
    if (!body) return;
    const text = Buffer.from(body).toString();
    const { want } = Control.parse(JSON.parse(text));
    if (text !== told) wants(want);
    told = text;
    seen = info.tag;
  };
  return every(every_ms, look, failed);
};
