/** A worker for tests of launchers: `worker SPEC_URI`. It writes down that it began, says so, and works until the file
 *  `end` stands beside its store. */
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , command, specUri] = process.argv;
if (command !== 'worker') process.exit(2);
const store = process.env.DROPTUNE_STORAGE;
const folder = decodeURIComponent(store.slice('file:'.length));
appendFileSync(`${folder}/started`, `${specUri} ${store}\n`);
console.log(`working on ${specUri}`);
console.error('and saying so');
while (!existsSync(`${folder}/end`)) await sleep(20);
