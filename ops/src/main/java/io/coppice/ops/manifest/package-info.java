/**
 * From a manifest to a plan: reading YAML, saying everything that is wrong with it at once, finding the daemons' classes
 * without loading them, adding up the memory, and building each child's command line.
 *
 * <p>{@link io.coppice.ops.manifest.ManifestReader} is the way in. It is called by the commands {@code check},
 * {@code run} and {@code demo}, in the command's own process and on its main thread, never in the root: the root gets the
 * finished plan as text. What happens in between: {@code YamlText} makes a tree with positions, {@code ManifestParser}
 * makes a {@code Manifest} of it by the table of keys in {@code Settings}, {@code PlanCompiler} checks it against the
 * machine and makes the {@link io.coppice.supervisor.plan.Plan}. All of them put what they find into one
 * {@code Problems}, and none stops at the first.
 */
@NullMarked
package io.coppice.ops.manifest;

import org.jspecify.annotations.NullMarked;
