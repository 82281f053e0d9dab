/** Images, audio and video, wherever a row of a text model may carry them. */
import { MARK } from '../checks/scan.ts';
import type { RowView } from '../checks/view.ts';
import { clip, excerptOf, isAbsent, step, type Fields } from '../place.ts';
import type { Defect } from '../problems.ts';

export const MEDIA = ['image', 'images', 'video', 'videos', 'audio', 'audios'];

/** Qwen-VL's and ms-swift's way; HTML closes no image. */
const TAGGED = /<(img|audio|video)>[^<]*<\/\1>/;

export const mediaOf = (
  value: Fields,
  view: RowView | null,
  pointer: (message: number, below: string) => string,
): readonly Defect[] => {
  const defects: Defect[] = [];
  for (const key of MEDIA)
    if (Object.hasOwn(value, key) && !isAbsent(value[key]) && value[key] !== '')
      defects.push({ code: 'image', pointer: step(key), excerpt: excerptOf(value[key]) });
  if (!view || (view.has & MARK.angle) === 0) return defects;
  for (const { message, below, text, scan } of view.texts) {
    const found = scan.marks & MARK.angle ? TAGGED.exec(text) : null;
    if (found) defects.push({ code: 'image', pointer: pointer(message, below), excerpt: clip(found[0]) });
  }
  return defects;
};
