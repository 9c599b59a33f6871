"""Siamese network (Hadsell et al. 2006): the same base network looks at both inputs."""
import random
import numpy as np
from keras.models import Sequential, Model
from keras.layers import Dense, Dropout, Input, Lambda
from keras.optimizers import RMSprop
from keras import backend as K, ops


def euclidean_distance(vects):
    x, y = vects
    return ops.sqrt(ops.maximum(ops.maximum(ops.sum(ops.square(x - y), axis=1, keepdims=True), K.epsilon()), 0.0))

def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)

def contrastive_loss(y_true, d):
    margin = 1
    return ops.mean(y_true * ops.square(d) + (1 - y_true) * ops.square(ops.maximum(margin - d, 0)))

def create_base_network(input_dim):
    seq = Sequential()
    seq.add(Dense(64, input_shape=(input_dim,), activation='relu'))
    seq.add(Dropout(0.1))
    seq.add(Dense(64, activation='relu'))
    return seq

def build(input_dim):
    base_network = create_base_network(input_dim)
    input_a = Input(shape=(input_dim,))
    input_b = Input(shape=(input_dim,))
    # weights are shared: one network, called twice
    processed_a = base_network(input_a)
    processed_b = base_network(input_b)
    distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)([processed_a, processed_b])
    model = Model(inputs=[input_a, input_b], outputs=distance)
    model.compile(loss=contrastive_loss, optimizer=RMSprop(epsilon=1e-16))
    return model

if __name__ == '__main__':
    pairs = np.load('pairs.npy').reshape(-1, 2, 784)
    model = build(784)
    model.fit([pairs[:, 0], pairs[:, 1]], np.load('same.npy'), batch_size=128, epochs=20)
