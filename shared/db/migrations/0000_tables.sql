CREATE TABLE "datasets" (
	"id" text PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"name" text NOT NULL,
	"identity" text NOT NULL,
	"status" text NOT NULL,
	"sources" jsonb NOT NULL,
	"report" jsonb,
	"rows_sha256" text,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"event" text NOT NULL,
	"payload" text NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"response_status" integer,
	"last_error" text,
	"created_at_ms" bigint NOT NULL,
	"delivered_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"filename" text NOT NULL,
	"purpose" text NOT NULL,
	"bytes" bigint NOT NULL,
	"status" text NOT NULL,
	"status_details" text,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_objects" (
	"key" text PRIMARY KEY NOT NULL,
	"tag" text NOT NULL,
	"ingested" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_events" (
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "job_events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"event" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"dataset" text NOT NULL,
	"recipe" jsonb NOT NULL,
	"resolved" jsonb,
	"request" jsonb,
	"attempt" integer NOT NULL,
	"losses" integer NOT NULL,
	"progress" jsonb,
	"checkpoint" jsonb,
	"adapter" text,
	"model" text,
	"verdict" text,
	"trained_tokens" bigint,
	"error" jsonb,
	"created_at_ms" bigint NOT NULL,
	"finished_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "messages_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"body" jsonb NOT NULL,
	"attempts" integer NOT NULL,
	"available_at_ms" bigint NOT NULL,
	"locked_until_ms" bigint,
	"last_error" text,
	"done_at_ms" bigint,
	"dead" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"job" text NOT NULL,
	"attempt" integer NOT NULL,
	"machine" text,
	"events_read" integer NOT NULL,
	"heartbeat" text,
	"heartbeat_seen_ms" bigint NOT NULL,
	"launched_at_ms" bigint NOT NULL,
	CONSTRAINT "runs_job_attempt_pk" PRIMARY KEY("job","attempt")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"secret" text NOT NULL,
	"events" jsonb,
	"job" text,
	"disabled_at_ms" bigint,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_endpoint_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint") REFERENCES "public"."webhook_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_events" ADD CONSTRAINT "job_events_job_jobs_id_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_dataset_datasets_id_fk" FOREIGN KEY ("dataset") REFERENCES "public"."datasets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_job_jobs_id_fk" FOREIGN KEY ("job") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "datasets_by_identity" ON "datasets" USING btree ("identity");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_once" ON "deliveries" USING btree ("endpoint","event");--> statement-breakpoint
CREATE INDEX "job_events_by_job" ON "job_events" USING btree ("job","seq");--> statement-breakpoint
CREATE INDEX "jobs_by_status" ON "jobs" USING btree ("status");--> statement-breakpoint
CREATE INDEX "jobs_by_time" ON "jobs" USING btree ("created_at_ms","id");--> statement-breakpoint
CREATE INDEX "jobs_by_dataset" ON "jobs" USING btree ("dataset");--> statement-breakpoint
CREATE INDEX "messages_due" ON "messages" USING btree ("done_at_ms","seq");