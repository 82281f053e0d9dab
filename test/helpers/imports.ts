/** What a source file reaches for: its imports, and the parts of `process` it touches. */
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

/** `type` is erased, `lazy` is `import('…')`. `to` is a path from the repository's root, a package, or null where it is computed. */
export type Import = { readonly to: string | null; readonly kind: 'value' | 'type' | 'lazy' };
export type Source = {
  readonly path: string;
  readonly imports: readonly Import[];
  /** `env` for process.env; null where the name is computed, or `process` itself is handed on or imported */
  readonly process: readonly (string | null)[];
};

type Node = { readonly type: string; readonly [field: string]: unknown };
const isNode = (x: unknown): x is Node => typeof x === 'object' && x !== null && 'type' in x;
const nameOf = (x: unknown): string | null =>
  isNode(x) ? ((x['name'] ?? x['value'] ?? null) as string | null) : null;

const IMPORTS: Readonly<Record<string, (node: Node) => Import['kind'] | null>> = {
  ImportDeclaration: (node) => (node['importKind'] === 'type' ? 'type' : 'value'),
  ExportAllDeclaration: (node) => (node['exportKind'] === 'type' ? 'type' : 'value'),
  ExportNamedDeclaration: (node) =>
    !node['source'] ? null : node['exportKind'] === 'type' ? 'type' : 'value',
  ImportExpression: () => 'lazy',
  TSImportType: () => 'type',
};

const target = (path: string, node: Node): string | null => {
  const source = node['source'];
  const name = isNode(source) && source.type === 'Literal' ? String(source['value']) : null;
  return name?.startsWith('.') ? posix.join(posix.dirname(path), name) : name;
};

const isProcess = (x: unknown): boolean => isNode(x) && x.type === 'Identifier' && x['name'] === 'process';

/** Which members of `process` a node reads, where it reads any. */
const touched = (node: Node): (string | null)[] => {
  if (node.type === 'MemberExpression' && isProcess(node['object'])) {
    const literal = isNode(node['property']) && node['property'].type === 'Literal';
    return [node['computed'] && !literal ? null : nameOf(node['property'])];
  }
  if (node.type === 'VariableDeclarator' && isProcess(node['init'])) {
    const properties = isNode(node['id']) ? node['id']['properties'] : null;
    return Array.isArray(properties) ? properties.map((p: Node) => nameOf(p['key'])) : [null];
  }
  return [];
};

export const readSource = (path: string, text: string): Source => {
  const imports: Import[] = [];
  const members: (string | null)[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value)) return;
    const kind = IMPORTS[value.type]?.(value);
    if (kind) imports.push({ to: target(path, value), kind });
    members.push(...touched(value));
    for (const field of Object.values(value)) visit(field);
  };
  visit(parseAst(text, { lang: 'ts' }));
  if (imports.some(({ to }) => to === 'node:process' || to === 'process')) members.push(null);
  return { path, imports, process: members };
};

/** Every `.ts` file below the given folders, paths from the root in order. */
export const readSources = (root: string, folders: readonly string[]): Source[] =>
  folders
    .flatMap((folder) =>
      readdirSync(posix.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        posix.join(folder, file.replaceAll('\\', '/')),
      ),
    )
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules/'))
    .toSorted()
    .map((path) => readSource(path, readFileSync(posix.join(root, path), 'utf8')));

/** Import cycles among the sources, each once, as `a → b → a`; erased imports make none. */
export const findCycles = (sources: readonly Source[]): string[] => {
  const edges = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap((i) => (i.kind === 'type' ? [] : (i.to ?? []))),
    ]),
  );
  const done = new Set<string>();
  const trail: string[] = [];
  const found: string[] = [];
  const walk = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    trail.push(path);
    for (const next of edges.get(path) ?? []) walk(next);
    trail.pop();
    done.add(path);
  };
  for (const path of edges.keys()) walk(path);
  return found;
};
