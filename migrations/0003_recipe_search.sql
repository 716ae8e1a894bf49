CREATE TABLE "recipes" (
	"name" text PRIMARY KEY NOT NULL,
	"namespace" text NOT NULL,
	"version" text NOT NULL,
	"words" text NOT NULL,
	"maintainers" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "recipes" ADD CONSTRAINT "recipes_namespace_namespaces_name_fk" FOREIGN KEY ("namespace") REFERENCES "public"."namespaces"("name") ON DELETE no action ON UPDATE no action;