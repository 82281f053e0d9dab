/** Some of many, evenly from all of them, however many there will be. */
export const evenly = <T>(most: number) => {
  let kept: T[] = [];
  let [stride, seen] = [1, 0];
  return {
    /** `make` is called only where it is kept for now. */
    take(make: () => T): void {
      if (seen++ % stride !== 0) return;
      kept.push(make());
      if (kept.length < 2 * most) return;
      kept = kept.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    /** `most`, or all where there were fewer */
    kept: (): readonly T[] =>
      kept.length <= most
        ? kept
        : Array.from({ length: most }, (_, i) => kept[Math.floor((i * kept.length) / most)]!),
  };
};
