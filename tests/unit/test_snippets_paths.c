/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_paths.c - two paths: every kind of source to every kind of target.
 */
#include "tests/support/snippet.h"

/* f and g are files, d holds something, e is empty; l, m, k lead to d, e, f; x is not there. */
static const struct snippet paths[] = {
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv f $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "0 d d/s d/s/q e g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f g k l m\ne/ 0 "
     "d d/s d/s/q e e/f g k l m\ne/. 0 d d/s d/s/q e e/f g k l m\nm 0 d d/s d/s/q e e/f g k l "
     "m\nm/ 0 d d/s d/s/q e e/f g k l m\nm/. 0 d d/s d/s/q e e/f g k l m\nd/y 0 d d/s d/s/q d/y e "
     "g k l m\nd 0 d d/f d/s d/s/q e g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv f/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f g k l m\ne/ "
     "0 d d/s d/s/q e e/f g k l m\ne/. 0 d d/s d/s/q e e/f g k l m\nm 0 d d/s d/s/q e e/f g k l "
     "m\nm/ 0 d d/s d/s/q e e/f g k l m\nm/. 0 d d/s d/s/q e e/f g k l m\nd/y 1 d d/s d/s/q e f g "
     "k l m\nd 0 d d/f d/s d/s/q e g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv f/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv d $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 e f g k l m x x/s x/s/q\nx/ 0 e f g k l m x x/s x/s/q\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 e e/d e/d/s e/d/s/q f g k l "
     "m\ne/ 0 e e/d e/d/s e/d/s/q f g k l m\ne/. 0 e e/d e/d/s e/d/s/q f g k l m\nm 0 e e/d e/d/s "
     "e/d/s/q f g k l m\nm/ 0 e e/d e/d/s e/d/s/q f g k l m\nm/. 0 e e/d e/d/s e/d/s/q f g k l "
     "m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv d/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 e f g k l m x x/s x/s/q\nx/ 0 e f g k l m x x/s x/s/q\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 e e/d e/d/s e/d/s/q f g k l "
     "m\ne/ 0 e e/d e/d/s e/d/s/q f g k l m\ne/. 0 e e/d e/d/s e/d/s/q f g k l m\nm 0 e e/d e/d/s "
     "e/d/s/q f g k l m\nm/ 0 e e/d e/d/s e/d/s/q f g k l m\nm/. 0 e e/d e/d/s e/d/s/q f g k l "
     "m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv d/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv l $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "0 d d/s d/s/q e f g k m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k m\ne/ 0 "
     "d d/s d/s/q e e/l f g k m\ne/. 0 d d/s d/s/q e e/l f g k m\nm 0 d d/s d/s/q e e/l f g k "
     "m\nm/ 0 d d/s d/s/q e e/l f g k m\nm/. 0 d d/s d/s/q e e/l f g k m\nd/y 0 d d/s d/s/q d/y e "
     "f g k m\nd 0 d d/l d/s d/s/q e f g k m\nf 0 d d/s d/s/q e f g k m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv l/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k m\ne/ "
     "0 d d/s d/s/q e e/l f g k m\ne/. 0 d d/s d/s/q e e/l f g k m\nm 0 d d/s d/s/q e e/l f g k "
     "m\nm/ 0 d d/s d/s/q e e/l f g k m\nm/. 0 d d/s d/s/q e e/l f g k m\nd/y 1 d d/s d/s/q e f g "
     "k l m\nd 0 d d/l d/s d/s/q e f g k m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv l/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv k $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "0 d d/s d/s/q e f g l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g l m\ne/ 0 "
     "d d/s d/s/q e e/k f g l m\ne/. 0 d d/s d/s/q e e/k f g l m\nm 0 d d/s d/s/q e e/k f g l "
     "m\nm/ 0 d d/s d/s/q e e/k f g l m\nm/. 0 d d/s d/s/q e e/k f g l m\nd/y 0 d d/s d/s/q d/y e "
     "f g l m\nd 0 d d/k d/s d/s/q e f g l m\nf 0 d d/s d/s/q e f g l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv k/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g l m\ne/ "
     "0 d d/s d/s/q e e/k f g l m\ne/. 0 d d/s d/s/q e e/k f g l m\nm 0 d d/s d/s/q e e/k f g l "
     "m\nm/ 0 d d/s d/s/q e e/k f g l m\nm/. 0 d d/s d/s/q e e/k f g l m\nd/y 1 d d/s d/s/q e f g "
     "k l m\nd 0 d d/k d/s d/s/q e f g l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv n $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv n/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv n/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln f $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\nm 0 d d/s d/s/q e "
     "e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nm/. 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln f/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln f/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln d $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln d/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln d/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln l $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\nm 0 d d/s d/s/q e "
     "e/l f g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nm/. 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln l/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln l/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln k $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e "
     "e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nm/. 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln k/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln n $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln n/ $t 2>/dev/null; echo $t "
     "$? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln n/. $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s f $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\nm 0 d d/s d/s/q e "
     "e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nm/. 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s f/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\nm 0 d d/s d/s/q e "
     "e/f f g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nm/. 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s f/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s d $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/d f g k l "
     "m\ne/ 0 d d/s d/s/q e e/d f g k l m\ne/. 0 d d/s d/s/q e e/d f g k l m\nm 0 d d/s d/s/q e "
     "e/d f g k l m\nm/ 0 d d/s d/s/q e e/d f g k l m\nm/. 0 d d/s d/s/q e e/d f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s d/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/d f g k l "
     "m\ne/ 0 d d/s d/s/q e e/d f g k l m\ne/. 0 d d/s d/s/q e e/d f g k l m\nm 0 d d/s d/s/q e "
     "e/d f g k l m\nm/ 0 d d/s d/s/q e e/d f g k l m\nm/. 0 d d/s d/s/q e e/d f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s l $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\nm 0 d d/s d/s/q e "
     "e/l f g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nm/. 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s l/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\nm 0 d d/s d/s/q e "
     "e/l f g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nm/. 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s l/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s k $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e "
     "e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nm/. 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s k/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e "
     "e/k f g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nm/. 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s n $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/n f g k l "
     "m\ne/ 0 d d/s d/s/q e e/n f g k l m\ne/. 0 d d/s d/s/q e e/n f g k l m\nm 0 d d/s d/s/q e "
     "e/n f g k l m\nm/ 0 d d/s d/s/q e e/n f g k l m\nm/. 0 d d/s d/s/q e e/n f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/n d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s n/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/n f g k l "
     "m\ne/ 0 d d/s d/s/q e e/n f g k l m\ne/. 0 d d/s d/s/q e e/n f g k l m\nm 0 d d/s d/s/q e "
     "e/n f g k l m\nm/ 0 d d/s d/s/q e e/n f g k l m\nm/. 0 d d/s d/s/q e e/n f g k l m\nd/y 0 d "
     "d/s d/s/q d/y e f g k l m\nd 0 d d/n d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n",
     0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -s n/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn f $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nm/. 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn f/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/f f g k l "
     "m\ne/ 0 d d/s d/s/q e e/f f g k l m\ne/. 0 d d/s d/s/q e e/f f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/f f g k l m\nm/. 0 d d/s d/s/q e e/f f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/f d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn f/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn d $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/d f g k l "
     "m\ne/ 0 d d/s d/s/q e e/d f g k l m\ne/. 0 d d/s d/s/q e e/d f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/d f g k l m\nm/. 0 d d/s d/s/q e e/d f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn d/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/d f g k l "
     "m\ne/ 0 d d/s d/s/q e e/d f g k l m\ne/. 0 d d/s d/s/q e e/d f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/d f g k l m\nm/. 0 d d/s d/s/q e e/d f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn l $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nm/. 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn l/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/l f g k l "
     "m\ne/ 0 d d/s d/s/q e e/l f g k l m\ne/. 0 d d/s d/s/q e e/l f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/l f g k l m\nm/. 0 d d/s d/s/q e e/l f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/l d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn l/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn k $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nm/. 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn k/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/k f g k l "
     "m\ne/ 0 d d/s d/s/q e e/k f g k l m\ne/. 0 d d/s d/s/q e e/k f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/k f g k l m\nm/. 0 d d/s d/s/q e e/k f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/k d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn n $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/n f g k l "
     "m\ne/ 0 d d/s d/s/q e e/n f g k l m\ne/. 0 d d/s d/s/q e e/n f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/n f g k l m\nm/. 0 d d/s d/s/q e e/n f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/n d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn n/ $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 d d/s d/s/q e e/n f g k l "
     "m\ne/ 0 d d/s d/s/q e e/n f g k l m\ne/. 0 d d/s d/s/q e e/n f g k l m\nm 0 d d/s d/s/q e f "
     "g k l m\nm/ 0 d d/s d/s/q e e/n f g k l m\nm/. 0 d d/s d/s/q e e/n f g k l m\nd/y 0 d d/s "
     "d/s/q d/y e f g k l m\nd 0 d d/n d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; ln -sfn n/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l "
     "m\ng 0 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l "
     "m\ne/ 1 d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k l "
     "m\nm/ 1 d d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g "
     "k l m\nd 1 d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in f f/ f/. d d/ d/. l l/ l/. k k/ n n/ n/. x x/ x/. d/s/. d/..; do mkdir c; cd c; "
     "echo 1 >f; mkdir -p d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mkdir "
     "$t 2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "f 1 d d/s d/s/q e f g k l m\nf/ 1 d d/s d/s/q e f g k l m\nf/. 1 d d/s d/s/q e f g k l m\nd "
     "1 d d/s d/s/q e f g k l m\nd/ 1 d d/s d/s/q e f g k l m\nd/. 1 d d/s d/s/q e f g k l m\nl 1 "
     "d d/s d/s/q e f g k l m\nl/ 1 d d/s d/s/q e f g k l m\nl/. 1 d d/s d/s/q e f g k l m\nk 1 d "
     "d/s d/s/q e f g k l m\nk/ 1 d d/s d/s/q e f g k l m\nn 0 d d/s d/s/q e f g k l m n\nn/ 0 d "
     "d/s d/s/q e f g k l m n\nn/. 1 d d/s d/s/q e f g k l m\nx 0 d d/s d/s/q e f g k l m x\nx/ 0 "
     "d d/s d/s/q e f g k l m x\nx/. 1 d d/s d/s/q e f g k l m\nd/s/. 1 d d/s d/s/q e f g k l "
     "m\nd/.. 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in f f/ f/. d d/ d/. l l/ l/. k k/ n n/ n/. x x/ x/. d/s/. d/..; do mkdir c; cd c; "
     "echo 1 >f; mkdir -p d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mkdir "
     "-p $t 2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "f 1 d d/s d/s/q e f g k l m\nf/ 1 d d/s d/s/q e f g k l m\nf/. 1 d d/s d/s/q e f g k l m\nd "
     "0 d d/s d/s/q e f g k l m\nd/ 0 d d/s d/s/q e f g k l m\nd/. 0 d d/s d/s/q e f g k l m\nl 0 "
     "d d/s d/s/q e f g k l m\nl/ 0 d d/s d/s/q e f g k l m\nl/. 0 d d/s d/s/q e f g k l m\nk 1 d "
     "d/s d/s/q e f g k l m\nk/ 1 d d/s d/s/q e f g k l m\nn 0 d d/s d/s/q e f g k l m n\nn/ 0 d "
     "d/s d/s/q e f g k l m n\nn/. 0 d d/s d/s/q e f g k l m n\nx 0 d d/s d/s/q e f g k l m x\nx/ "
     "0 d d/s d/s/q e f g k l m x\nx/. 0 d d/s d/s/q e f g k l m x\nd/s/. 0 d d/s d/s/q e f g k l "
     "m\nd/.. 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in f f/ f/. d d/ d/. l l/ l/. k k/ n n/ n/. x x/ x/. d/s/. d/..; do mkdir c; cd c; "
     "echo 1 >f; mkdir -p d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; rmdir "
     "$t 2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "f 1 d d/s d/s/q e f g k l m\nf/ 1 d d/s d/s/q e f g k l m\nf/. 1 d d/s d/s/q e f g k l m\nd "
     "1 d d/s d/s/q e f g k l m\nd/ 1 d d/s d/s/q e f g k l m\nd/. 1 d d/s d/s/q e f g k l m\nl 1 "
     "d d/s d/s/q e f g k l m\nl/ 1 d d/s d/s/q e f g k l m\nl/. 1 d d/s d/s/q e f g k l m\nk 1 d "
     "d/s d/s/q e f g k l m\nk/ 1 d d/s d/s/q e f g k l m\nn 1 d d/s d/s/q e f g k l m\nn/ 1 d "
     "d/s d/s/q e f g k l m\nn/. 1 d d/s d/s/q e f g k l m\nx 1 d d/s d/s/q e f g k l m\nx/ 1 d "
     "d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\nd/s/. 1 d d/s d/s/q e f g k l m\nd/.. "
     "1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in f f/ f/. d d/ d/. l l/ l/. k k/ n n/ n/. x x/ x/. d/s/. d/..; do mkdir c; cd c; "
     "echo 1 >f; mkdir -p d/s e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; rm -r "
     "$t 2>/dev/null; echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "f 0 d d/s d/s/q e g k l m\nf/ 0 d d/s d/s/q e g k l m\nf/. 1 d d/s d/s/q e f g k l m\nd 0 e "
     "f g k l m\nd/ 0 e f g k l m\nd/. 1 d d/s d/s/q e f g k l m\nl 0 d d/s d/s/q e f g k m\nl/ 0 "
     "d d/s d/s/q e f g k m\nl/. 1 d d/s d/s/q e f g k l m\nk 0 d d/s d/s/q e f g l m\nk/ 0 d d/s "
     "d/s/q e f g l m\nn 1 d d/s d/s/q e f g k l m\nn/ 1 d d/s d/s/q e f g k l m\nn/. 1 d d/s "
     "d/s/q e f g k l m\nx 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s "
     "d/s/q e f g k l m\nd/s/. 1 d d/s d/s/q e f g k l m\nd/.. 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T f $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e g k l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "0 d d/s d/s/q e g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 d "
     "d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e g k l m\nd 1 "
     "d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T f/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T f/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T d $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 e f g k l m x x/s x/s/q\nx/ 0 e f g k l m x x/s x/s/q\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 e e/s e/s/q f g k l m\ne/ 0 e "
     "e/s e/s/q f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d d/s "
     "d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 0 d d/s "
     "d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T d/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 e f g k l m x x/s x/s/q\nx/ 0 e f g k l m x x/s x/s/q\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 0 e e/s e/s/q f g k l m\ne/ 0 e "
     "e/s e/s/q f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d d/s "
     "d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 0 d d/s "
     "d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T d/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T l $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g k m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "0 d d/s d/s/q e f g k m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 d "
     "d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 0 d d/s d/s/q e f g k m\nm/ 1 d d/s "
     "d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g k m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g k m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T l/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T l/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T k $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 0 d d/s d/s/q e f g l m x\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "0 d d/s d/s/q e f g l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 d "
     "d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 0 d d/s d/s/q d/y e f g l m\nd 1 "
     "d d/s d/s/q e f g k l m\nf 0 d d/s d/s/q e f g l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T k/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T n $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T n/ $t 2>/dev/null; echo "
     "$t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
    {"busybox",
     "for t in x x/ x/. g g/ e e/ e/. m m/ m/. d/y d f; do mkdir c; cd c; echo 1 >f; mkdir -p d/s "
     "e; echo 2 >d/s/q; echo 3 >g; ln -s d l; ln -s f k; ln -s e m; mv -T n/. $t 2>/dev/null; "
     "echo $t $? $(find . -mindepth 1|sort|cut -c3-); cd ..; rm -r c; done",
     "x 1 d d/s d/s/q e f g k l m\nx/ 1 d d/s d/s/q e f g k l m\nx/. 1 d d/s d/s/q e f g k l m\ng "
     "1 d d/s d/s/q e f g k l m\ng/ 1 d d/s d/s/q e f g k l m\ne 1 d d/s d/s/q e f g k l m\ne/ 1 "
     "d d/s d/s/q e f g k l m\ne/. 1 d d/s d/s/q e f g k l m\nm 1 d d/s d/s/q e f g k l m\nm/ 1 d "
     "d/s d/s/q e f g k l m\nm/. 1 d d/s d/s/q e f g k l m\nd/y 1 d d/s d/s/q e f g k l m\nd 1 d "
     "d/s d/s/q e f g k l m\nf 1 d d/s d/s/q e f g k l m\n", 0},
};

SNIPPETS(snippets_paths, paths)
