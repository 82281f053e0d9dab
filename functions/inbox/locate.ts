/** What a key below `inbox/` is. Pure. */
import { ProjectName } from '../../shared/contracts/ids.ts';

export type Place =
  | { readonly kind: 'ignored'; readonly why: string }
  /** `inbox/<project>/<file>` starts at once */
  | { readonly kind: 'file'; readonly project: string; readonly file: string }
  /** `inbox/<project>/<name>/<file>` starts with its marker and its train file */
  | { readonly kind: 'member'; readonly project: string; readonly name: string; readonly file: string };

const TEMPORARY = /^[.~]|~$|\.(?:part|partial|tmp|temp|crdownload|swp)$|^(?:Thumbs\.db|desktop\.ini)$/i;
const RECIPE_FILE = /^job\.ya?ml$/;
const MARKER = /^(?:job\.ya?ml|_READY)$/;
/** With the numbers that shards have, e.g. `train-00000-of-00002.parquet`. */
const TRAIN = /^train(?:[-_]\d[\w-]*)?\.[^/]+$/i;
const VALID = /^(?:valid|validation|val|test|dev)(?:[-_]\d[\w-]*)?\.[^/]+$/i;

export const isRecipe = (file: string): boolean => RECIPE_FILE.test(file);
export const isMarker = (file: string): boolean => MARKER.test(file);

/** Role of a member of a folder by its name, `null` for its marker and for what lies beside. */
export const roleOf = (file: string): 'train' | 'valid' | null => {
  if (TRAIN.test(file)) return 'train';
  return VALID.test(file) ? 'valid' : null;
};

/** `faq.jsonl.gz` → `faq` */
export const stemOf = (file: string): string => file.split('.')[0] || file;

const ignored = (why: string): Place => ({ kind: 'ignored', why });

export const locate = (key: string): Place => {
  const [top, project, ...rest] = key.split('/');
  if (top !== 'inbox') return ignored('it is not in the inbox');
  if (key.endsWith('/')) return ignored('it is a folder');
  if (project === undefined || rest.length === 0) return ignored('a file belongs into inbox/<project>/');
  if (!ProjectName.safeParse(project).success)
    return ignored(
      `${JSON.stringify(project)} is no name of a project: letters, digits, dot, dash, underscore; at most 64`,
    );
  if (rest.some((part) => TEMPORARY.test(part))) return ignored('it is hidden or temporary');
  const [first = '', second] = rest;
  if (rest.length > 2) return ignored('a folder within a folder is not read');
  if (second !== undefined) return { kind: 'member', project, name: first, file: second };
  if (isMarker(first))
    return ignored('it starts nothing by itself: it is the recipe of files dropped beside it');
  return { kind: 'file', project, file: first };
};
