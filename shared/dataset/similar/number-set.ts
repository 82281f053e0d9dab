/** Where a key is looked for first in a table whose size, `last` + 1, is a power of two. */
export const slotFor = (key: number, last: number): number =>
  Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) & last;

/** A set of 32-bit numbers that is emptied in no time, since it is filled anew for every row. */
export const numberSet = () => {
  let keys = new Int32Array(0);
  let rounds = new Uint32Array(0); // the round in which a key was put in
  let round = 0;
  const slotOf = (key: number): number => {
    const last = keys.length - 1;
    let slot = slotFor(key, last);
    while (rounds[slot] === round && keys[slot] !== key) slot = (slot + 1) & last;
    return slot;
  };
  return {
    /** Empties it and makes room for `most` numbers. */
    restart(most: number): void {
      if (keys.length <= 2 * most) {
        keys = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
        rounds = new Uint32Array(keys.length);
        round = 0;
      }
      round += 1;
    },
    /** Whether it was not there yet. */
    add(key: number): boolean {
      const slot = slotOf(key);
      if (rounds[slot] === round) return false;
      keys[slot] = key;
      rounds[slot] = round;
      return true;
    },
    has: (key: number): boolean => rounds[slotOf(key)] === round,
  };
};
