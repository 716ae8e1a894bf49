CREATE TABLE "log_checkpoint" (
	"id" integer PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"size" bigint NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_nodes" (
	"level" integer NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "log_nodes_level_index_pk" PRIMARY KEY("level","index")
);
--> statement-breakpoint
CREATE TABLE "refusals" (
	"minute" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"address" text NOT NULL,
	"method" text NOT NULL,
	"route" text NOT NULL,
	"code" text NOT NULL,
	"count" integer NOT NULL,
	"leaf" bigint,
	CONSTRAINT "refusals_minute_actor_address_method_route_code_pk" PRIMARY KEY("minute","actor","address","method","route","code")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"purpose" text NOT NULL,
	"fingerprint" text NOT NULL,
	"public_key" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_reason" text,
	"log_index" bigint,
	CONSTRAINT "signing_keys_purpose_fingerprint_pk" PRIMARY KEY("purpose","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"grants" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"last_used_at" timestamp with time zone,
	"log_index" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "witnessed_logs" (
	"origin" text PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"root" "bytea" NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "publisher_keys" ADD COLUMN "since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "publisher_keys" ADD COLUMN "revoked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "publisher_keys" ADD COLUMN "revoked_reason" text;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "leaf" bigint;--> statement-breakpoint
CREATE INDEX "refusals_pending" ON "refusals" USING btree ("minute") WHERE "refusals"."leaf" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "tokens_hash" ON "tokens" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "tokens_name" ON "tokens" USING btree ("name");--> statement-breakpoint
CREATE INDEX "usage_pending" ON "usage" USING btree ("environment") WHERE "usage"."leaf" is null;