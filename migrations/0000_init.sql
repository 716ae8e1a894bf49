CREATE TABLE "blobs" (
	"digest" text PRIMARY KEY NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "environments" (
	"name" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"digest" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_head" (
	"id" integer PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"frontier" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_leaves" (
	"index" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"kind" text NOT NULL,
	"envelope" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "namespaces" (
	"name" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pointers" (
	"environment" text PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"jws" text NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"project" text NOT NULL,
	"environment" text NOT NULL,
	"target" text NOT NULL,
	"revision" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "projects_project_environment_pk" PRIMARY KEY("project","environment")
);
--> statement-breakpoint
CREATE TABLE "publisher_keys" (
	"namespace" text NOT NULL,
	"fingerprint" text NOT NULL,
	"public_key" text NOT NULL,
	"log_index" bigint NOT NULL,
	CONSTRAINT "publisher_keys_namespace_fingerprint_pk" PRIMARY KEY("namespace","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "releases" (
	"environment" text NOT NULL,
	"number" integer NOT NULL,
	"digest" text NOT NULL,
	"payload" jsonb NOT NULL,
	"jws" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL,
	CONSTRAINT "releases_environment_number_pk" PRIMARY KEY("environment","number")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signatures" (
	"subject" text NOT NULL,
	"bundle" text NOT NULL,
	"key_fingerprint" text NOT NULL,
	CONSTRAINT "signatures_subject_bundle_pk" PRIMARY KEY("subject","bundle")
);
--> statement-breakpoint
CREATE TABLE "usage" (
	"environment" text NOT NULL,
	"project" text NOT NULL,
	"workload" text NOT NULL,
	"resource" text NOT NULL,
	"recipe" text NOT NULL,
	"version" text NOT NULL,
	"digest" text NOT NULL,
	"release" integer NOT NULL,
	"actor" text NOT NULL,
	"first_used_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	"renders" bigint NOT NULL,
	"current" boolean NOT NULL,
	CONSTRAINT "usage_environment_project_workload_resource_recipe_digest_release_actor_pk" PRIMARY KEY("environment","project","workload","resource","recipe","digest","release","actor")
);
--> statement-breakpoint
CREATE TABLE "version_provisioners" (
	"recipe" text NOT NULL,
	"version" text NOT NULL,
	"target" text NOT NULL,
	"position" integer NOT NULL,
	"type" text NOT NULL,
	"class" text,
	"id" text,
	"uri" text NOT NULL,
	CONSTRAINT "version_provisioners_recipe_version_target_position_pk" PRIMARY KEY("recipe","version","target","position")
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"recipe" text NOT NULL,
	"version" text NOT NULL,
	"digest" text NOT NULL,
	"metadata" jsonb NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"log_index" bigint NOT NULL,
	CONSTRAINT "versions_recipe_version_pk" PRIMARY KEY("recipe","version")
);
--> statement-breakpoint
ALTER TABLE "pointers" ADD CONSTRAINT "pointers_environment_environments_name_fk" FOREIGN KEY ("environment") REFERENCES "public"."environments"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publisher_keys" ADD CONSTRAINT "publisher_keys_namespace_namespaces_name_fk" FOREIGN KEY ("namespace") REFERENCES "public"."namespaces"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "releases" ADD CONSTRAINT "releases_environment_environments_name_fk" FOREIGN KEY ("environment") REFERENCES "public"."environments"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "releases_digest" ON "releases" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "usage_recipe" ON "usage" USING btree ("recipe","version");--> statement-breakpoint
CREATE INDEX "usage_workload" ON "usage" USING btree ("workload");--> statement-breakpoint
CREATE INDEX "version_provisioners_type" ON "version_provisioners" USING btree ("type","class","target");--> statement-breakpoint
CREATE INDEX "versions_digest" ON "versions" USING btree ("digest");