import { z } from 'zod';

const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-z]{20}$`));

export const JobId = id('ftjob-');
export const EventId = z.string().min(1).max(120);

/** First path segment below `inbox/`: who a dataset belongs to. */
export const ProjectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
