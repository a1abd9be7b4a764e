/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_copies.c - cp: every kind of source to every kind of target.
 */
#include "tests/support/snippet.h"

/* As in test_snippets_paths.c. */
static const struct snippet copies[] = {
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T f $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T f/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T f/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T d $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T d/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T l $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T l/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T l/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T k $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T k/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T n $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T n/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -T n/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp f $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp f/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp f/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp d $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp l $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp l/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s e; "
     "echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp k $t 2>/dev/null; echo $t $? "
     "$(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e "
     "e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d d/s d/s/q d/y e f g k l m\nd 0 d "
     "d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp k/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp n $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp n/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp n/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r f $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r f/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r f/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r d $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/d e/d/s e/d/s/q f g k l m\nm/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/d d/d/s d/d/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r d/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/d e/d/s e/d/s/q f g k l m\nm/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/d d/d/s d/d/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/s e/s/q f g k l m\ne/ 0 d d/s d/s/q e e/s e/s/q f g k l m\ne/. 0 d d/s d/s/q e "
     "e/s e/s/q f g k l m\ne/.. 0 d d/s d/s/q e f g k l m s s/q\nm 0 d d/s d/s/q e e/s e/s/q f g "
     "k l m\nm/ 0 d d/s d/s/q e e/s e/s/q f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k "
     "l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r d/s/.. $t "
     "2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e f g k l m s s/q\ne/ 0 d d/s d/s/q e f g k l m s s/q\ne/. 0 d d/s d/s/q e f g k l m "
     "s s/q\ne/.. 0 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l m s s/q\nm/ 0 d d/s d/s/q "
     "e f g k l m s s/q\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 0 d d/s d/s/q e f g k "
     "l m s s/q\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r l $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/l f g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r l/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/l f g k l m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l "
     "m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e e/l f g k l m\nm/ 0 d d/s d/s/q e e/l "
     "f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 0 d d/l d/s d/s/q e f g k l "
     "m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r l/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/s e/s/q f g k l m\ne/ 0 d d/s d/s/q e e/s e/s/q f g k l m\ne/. 0 d d/s d/s/q e "
     "e/s e/s/q f g k l m\ne/.. 0 d d/s d/s/q e f g k l m s s/q\nm 0 d d/s d/s/q e e/s e/s/q f g "
     "k l m\nm/ 0 d d/s d/s/q e e/s e/s/q f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k "
     "l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r k $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r k/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r n $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r n/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -r n/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 1 "
     "d d/s d/s/q e f g k l m\nm/ 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a f $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a d $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/d e/d/s e/d/s/q f g k l m\nm/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/d d/d/s d/d/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a d/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/d e/d/s e/d/s/q f g k l m\nm/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/d d/d/s d/d/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/s e/s/q f g k l m\ne/ 0 d d/s d/s/q e e/s e/s/q f g k l m\ne/. 0 d d/s d/s/q e "
     "e/s e/s/q f g k l m\ne/.. 0 d d/s d/s/q e f g k l m s s/q\nm 0 d d/s d/s/q e e/s e/s/q f g "
     "k l m\nm/ 0 d d/s d/s/q e e/s e/s/q f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k "
     "l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a d/s/.. $t "
     "2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e f g k l m s s/q\ne/ 0 d d/s d/s/q e f g k l m s s/q\ne/. 0 d d/s d/s/q e f g k l m "
     "s s/q\ne/.. 0 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l m s s/q\nm/ 0 d d/s d/s/q "
     "e f g k l m s s/q\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 0 d d/s d/s/q e f g k "
     "l m s s/q\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a l $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/l f g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a l/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/l f g k l m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l "
     "m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e e/l f g k l m\nm/ 0 d d/s d/s/q e e/l "
     "f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 0 d d/l d/s d/s/q e f g k l "
     "m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a l/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/s e/s/q f g k l m\ne/ 0 d d/s d/s/q e e/s e/s/q f g k l m\ne/. 0 d d/s d/s/q e "
     "e/s e/s/q f g k l m\ne/.. 0 d d/s d/s/q e f g k l m s s/q\nm 0 d d/s d/s/q e e/s e/s/q f g "
     "k l m\nm/ 0 d d/s d/s/q e e/s e/s/q f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k "
     "l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -a k $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL f $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\ne/.. 1 d d/s d/s/q "
     "e f g k l m\nm 0 d d/s d/s/q e e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL d $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/d e/d/s e/d/s/q f g k l m\nm/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/d d/d/s d/d/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL d/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/d e/d/s e/d/s/q f g k l m\nm/ 0 d d/s d/s/q e e/d e/d/s e/d/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/d d/d/s d/d/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL d/. $t "
     "2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/s e/s/q f g k l m\ne/ 0 d d/s d/s/q e e/s e/s/q f g k l m\ne/. 0 d d/s d/s/q e "
     "e/s e/s/q f g k l m\ne/.. 0 d d/s d/s/q e f g k l m s s/q\nm 0 d d/s d/s/q e e/s e/s/q f g "
     "k l m\nm/ 0 d d/s d/s/q e e/s e/s/q f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k "
     "l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL d/s/.. $t "
     "2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e f g k l m s s/q\ne/ 0 d d/s d/s/q e f g k l m s s/q\ne/. 0 d d/s d/s/q e f g k l m "
     "s s/q\ne/.. 0 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l m s s/q\nm/ 0 d d/s d/s/q "
     "e f g k l m s s/q\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 0 d d/s d/s/q e f g k "
     "l m s s/q\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL l $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/l e/l/s e/l/s/q f g k l m\ne/ 0 d d/s d/s/q e e/l e/l/s e/l/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/l e/l/s e/l/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/l e/l/s e/l/s/q f g k l m\nm/ 0 d d/s d/s/q e e/l e/l/s e/l/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/l d/l/s d/l/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL l/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/l e/l/s e/l/s/q f g k l m\ne/ 0 d d/s d/s/q e e/l e/l/s e/l/s/q f g k l m\ne/. 0 "
     "d d/s d/s/q e e/l e/l/s e/l/s/q f g k l m\ne/.. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q "
     "e e/l e/l/s e/l/s/q f g k l m\nm/ 0 d d/s d/s/q e e/l e/l/s e/l/s/q f g k l m\nd/y 1 d d/s "
     "d/s/q d/y d/y/s d/y/s/q e f g k l m\nd 1 d d/l d/l/s d/l/s/q d/s d/s/q e f g k l m\nf 1 d "
     "d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. e/.. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p "
     "d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL l/. $t "
     "2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/ 0 d d/s d/s/q e f g k l m x x/s x/s/q\nx/. 1 d "
     "d/s d/s/q e f g k l m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s "
     "d/s/q e e/s e/s/q f g k l m\ne/ 0 d d/s d/s/q e e/s e/s/q f g k l m\ne/. 0 d d/s d/s/q e "
     "e/s e/s/q f g k l m\ne/.. 0 d d/s d/s/q e f g k l m s s/q\nm 0 d d/s d/s/q e e/s e/s/q f g "
     "k l m\nm/ 0 d d/s d/s/q e e/s e/s/q f g k l m\nd/y 1 d d/s d/s/q d/y d/y/s d/y/s/q e f g k "
     "l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s e; "
     "echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; cp -rL k $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e "
     "e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d d/s d/s/q d/y e f g k l m\nd 0 d "
     "d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
};

SNIPPETS(snippets_copies, copies)
