/** The templates of both clouds, and what their policies grant. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../shared/package-root.ts';

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
};
export type Template = {
  readonly Metadata?: { readonly sources?: string };
  readonly Resources: Readonly<Record<string, Resource>>;
};

export const readTemplate = (cloud: 'aws' | 'alibaba'): Template =>
  JSON.parse(readFileSync(join(packageRoot(), 'infra', cloud, 'template.json'), 'utf8')) as Template;

type OneOrMore<T> = T | readonly T[];
type Statement = {
  readonly Effect: string;
  readonly Action: OneOrMore<string>;
  readonly Resource?: OneOrMore<unknown>;
};

/** `resources`: as the template has them, functions written out as JSON where they are no `Fn::Sub`. */
export type Grant = {
  readonly role: string;
  readonly action: string;
  readonly resources: readonly string[];
};

const listOf = <T>(value: OneOrMore<T> | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const nameOf = (resource: unknown): string => {
  if (typeof resource === 'string') return resource;
  const { 'Fn::Sub': text } = resource as { 'Fn::Sub'?: OneOrMore<string> };
  return text === undefined ? JSON.stringify(resource) : String(listOf(text)[0]);
};

/** Wherever a policy stands in a resource: those of roles, queues and buckets are written alike. */
const statementsIn = (value: unknown): Statement[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { Statement: own } = value as { Statement?: OneOrMore<Statement> };
  return [
    ...listOf(own),
    ...Object.entries(value)
      .filter(([name]) => name !== 'Statement')
      .flatMap(([, part]) => statementsIn(part)),
  ];
};

/** What the template allows: who may become a role is not among it. */
export const grantsOf = ({ Resources }: Template): Grant[] =>
  Object.entries(Resources).flatMap(([role, { Type, Properties }]) =>
    Type.startsWith('Serverless') || role.startsWith('ServerlessDeployment')
      ? []
      : statementsIn(Properties)
          .filter(({ Effect, Action }) => Effect === 'Allow' && Action !== 'sts:AssumeRole')
          .flatMap(({ Action, Resource: over }) =>
            listOf(Action).map((action) => ({ role, action, resources: listOf(over).map(nameOf) })),
          ),
  );
