/** What a delivery tells → what it means to this service's store. Pure. */
import { runOfEvent } from '../../shared/keys.ts';
import { isKey } from '../../shared/storage/key.ts';
import { locate } from '../inbox/locate.ts';
import type { ObjectCreated } from '../ingest.ts';
import { readEvents, type Told } from './index.ts';

export type Notice =
  /** an object in the inbox; `or` is the one that is meant where nothing is there */
  | { readonly kind: 'dropped'; readonly object: ObjectCreated; readonly or: ObjectCreated | null }
  /** an event file of a run */
  | { readonly kind: 'reported'; readonly key: string; readonly job: string; readonly attempt: number }
  | { readonly kind: 'ignored'; readonly key: string | null; readonly why: string };

type Place = { readonly bucket: string; readonly prefix: string };

/** `s3://bucket/some/prefix?region=…` → bucket and `some/prefix/`; `null` for a store that is no bucket. */
const placeOf = (store: string): Place | null => {
  const match = /^[a-z][a-z0-9+]*:\/\/([^/?]+)\/?([^?]*)/.exec(store);
  if (!match) return null;
  const prefix = decodeURIComponent(match[2]!).replace(/\/$/, '');
  return { bucket: match[1]!, prefix: prefix === '' ? '' : `${prefix}/` };
};

const OWN = /^(?:datasets|files|models|outbox|probe|runs)\//;

type OneObject = Told & { readonly kind: 'object' };

/** What the object at `full` in the bucket is to us. */
const meaningOf = (full: string, { tag, bytes }: OneObject, store: string, prefix: string): Notice => {
  const no = (why: string): Notice => ({ kind: 'ignored', key: full, why });
  if (!full.startsWith(prefix)) return no(`it is not below ${prefix}, where this service keeps its files`);
  const key = full.slice(prefix.length);
  if (key.endsWith('/')) return no('it is a folder');
  if (!isKey(key)) return no('an empty part, `.` or `..` in its name cannot be');
  const run = runOfEvent(key);
  if (run) return { kind: 'reported', key, ...run };
  if (OWN.test(key)) return no('the service has written it itself');
  const place = locate(key);
  return place.kind === 'ignored'
    ? no(place.why)
    : { kind: 'dropped', object: { store, key, tag, bytes }, or: null };
};

const meaning = (told: OneObject, store: string, { bucket, prefix }: Place): Notice => {
  if (told.bucket !== bucket)
    return {
      kind: 'ignored',
      key: told.key,
      why: `${told.bucket} is not the bucket of this service, ${bucket}`,
    };
  const notice = meaningOf(told.key, told, store, prefix);
  if (told.or_key === undefined || told.or_key === told.key) return notice;
  const other = meaningOf(told.or_key, told, store, prefix);
  if (notice.kind === 'ignored') return other.kind === 'ignored' ? notice : other;
  return notice.kind === 'dropped' && other.kind === 'dropped' ? { ...notice, or: other.object } : notice;
};

/** `store` is the uri of the service's store. Throws `invalid_request` for a body that nobody sends. */
export const notices = (payload: unknown, store: string): readonly Notice[] => {
  const place = placeOf(store);
  return readEvents(payload).map((told) => {
    if (told.kind === 'ignored') return { ...told, key: null };
    if (!place) return { kind: 'ignored', key: told.key, why: `this service keeps its files in ${store}` };
    return meaning(told, store, place);
  });
};
