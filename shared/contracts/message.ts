import { z } from 'zod';

/** What a message asks for; each has its handler in `functions/messages.ts`. */
export const Topic = z.enum([
  'validate',
  'create_job',
  'dispatch',
  'control',
  'publish',
  'notify',
  'deliver',
]);
export type Topic = z.infer<typeof Topic>;

/** Work that follows from an event. `id` is made of the event's, so that it is enqueued once. */
export const Message = z.strictObject({
  id: z.string(),
  topic: Topic,
  body: z.record(z.string(), z.string()),
});
export type Message = z.infer<typeof Message>;
