/** Counts and times as people read them. */

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** `48 s`, `4 min 12 s`, `2 h 5 min` */
export const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole < 10 ? Number(seconds.toFixed(1)) : whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** `0.4 %`, `12 %`; what is little is not nothing, and what is nearly all is not all. */
export const percent = (part: number, whole: number): string => {
  if (whole === 0 || part === 0) return '0 %';
  const value = (part / whole) * 100;
  if (value < 0.1) return '< 0.1 %';
  if (value > 99.9 && part < whole) return '> 99.9 %';
  return `${value < 10 || value > 90 ? Number(value.toFixed(1)) : Math.round(value)} %`;
};
