CREATE TABLE "approvals" (
	"environment" text NOT NULL,
	"number" integer NOT NULL,
	"actor" text NOT NULL,
	"comment" text,
	"at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL,
	CONSTRAINT "approvals_environment_number_actor_pk" PRIMARY KEY("environment","number","actor")
);
--> statement-breakpoint
CREATE TABLE "entry_lists" (
	"name" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"entries" jsonb NOT NULL,
	"digest" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"recipe" text NOT NULL,
	"version" text NOT NULL,
	"kind" text NOT NULL,
	"digest" text NOT NULL,
	"reason" text NOT NULL,
	"successor" text,
	"actor" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL,
	CONSTRAINT "notices_recipe_version_kind_pk" PRIMARY KEY("recipe","version","kind")
);
--> statement-breakpoint
CREATE TABLE "version_examples" (
	"version" text NOT NULL,
	"example" text NOT NULL,
	"target" text NOT NULL,
	"rendering" text NOT NULL,
	CONSTRAINT "version_examples_version_example_target_pk" PRIMARY KEY("version","example","target")
);
--> statement-breakpoint
ALTER TABLE "namespaces" ADD COLUMN "owners" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "namespaces" ADD COLUMN "signatures" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "namespaces" ADD COLUMN "visibility" text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE "namespaces" ADD COLUMN "commands" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "namespaces" ADD COLUMN "tombstoned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "releases" ADD COLUMN "activated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "images" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_environment_number_releases_environment_number_fk" FOREIGN KEY ("environment","number") REFERENCES "public"."releases"("environment","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_digest" ON "notices" USING btree ("digest");--> statement-breakpoint
UPDATE "releases" SET "activated_at" = "created_at";
