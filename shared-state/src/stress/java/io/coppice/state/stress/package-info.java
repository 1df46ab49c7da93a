/**
 * What a writer and readers on other cores may see of each other, under jcstress: on mapped files, in every combination
 * of its compilers. Built and run by the Maven profile {@code stress} only.
 */
@NullMarked
package io.coppice.state.stress;

import org.jspecify.annotations.NullMarked;
