/** Images, audio and video, wherever a row of a text model may carry them. */
import { MARK } from '../checks/scan.ts';
import type { Text } from '../checks/view.ts';
import { clip, excerptOf, isAbsent, step, type Fields } from '../place.ts';
import type { Defect } from '../problems.ts';

export const MEDIA = ['image', 'images', 'video', 'videos', 'audio', 'audios'];

/** Qwen-VL's and ms-swift's way; HTML closes no image. */
const TAGGED = /<(img|audio|video)>[^<]*<\/\1>/;

export const mediaOf = (
  value: Fields,
  texts: readonly Text[],
  pointer: (message: number, below: string) => string,
): readonly Defect[] => [
  ...MEDIA.filter((key) => Object.hasOwn(value, key) && !isAbsent(value[key]) && value[key] !== '').map(
    (key): Defect => ({ code: 'image', pointer: step(key), excerpt: excerptOf(value[key]) }),
  ),
  ...texts.flatMap(({ message, below, text, scan }): readonly Defect[] => {
    const found = scan.marks & MARK.angle ? TAGGED.exec(text) : null;
    return found ? [{ code: 'image', pointer: pointer(message, below), excerpt: clip(found[0]) }] : [];
  }),
];
